/**
 * What native Python runs to take one job. It reads a word and a job from its standard input, a line each, and tells events on
 * file descriptor 3, every line of them beginning with the word. What it needs after the program has run it takes before.
 */
export const pythonHarness = `
import _json, builtins, os, resource, sys

def main():
    quote = _json.encode_basestring_ascii
    write, leave, run, parse, kind_of, text_of = os.write, os._exit, exec, compile, type, str
    out = sys.stdout
    word = sys.stdin.buffer.readline().rstrip().decode()

    def tell(text):
        write(3, (word + text + "\\n").encode())

    tell('{"ready":true}')
    line = sys.stdin.buffer.readline()
    if not line:
        leave(0)
    # JSON is Python but for three names, and importing its module takes longer than all the rest.
    job = eval(line, {"true": True, "false": False, "null": None})
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(1, 2)
    memory = job["memoryBytes"]
    bounds = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, memory // 4), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256)]
    if "cpuMs" in job:
        bounds.append((resource.RLIMIT_CPU, -(-job["cpuMs"] // 1000)))
    for bound, most in bounds:
        resource.setrlimit(bound, (most, most))

    def describe(error):
        kind = kind_of(error).__name__
        try:
            message = text_of(error)
        except BaseException:
            message = ""
        return kind, ((kind + ": " + message) if message else kind)[:500]

    def attempt(source, name, namespace):
        try:
            code = parse(source, name, "exec", dont_inherit=True)
            if namespace is not None:
                run(code, namespace)
        except BaseException as error:
            return describe(error)

    tests = job.get("tests")
    module = kind_of(sys)("__main__" if tests is None else "candidate")
    module.__builtins__ = builtins
    sys.modules[module.__name__] = module
    namespace = module.__dict__
    only_compile, keep_going = job["compileOnly"], job["keepGoing"]
    first = attempt(job["source"], "candidate.py", None if only_compile else namespace)
    if first is None and not only_compile:
        for test in tests or ():
            error = attempt(test, "test.py", namespace)
            tell('{"passed":true}' if error is None else '{"passed":false,"error":' + quote(error[1]) + "}")
            if first is None:
                first = error
            if error is not None and not keep_going:
                break
    try:
        out.flush()
    except BaseException:
        pass
    if first is None:
        tell('{"status":"ok","spent":true}')
    else:
        status = "memory" if first[0] == "MemoryError" else "failed"
        tell('{"status":"' + status + '","error":' + quote(first[1]) + ',"spent":true}')
    leave(0)

main()
`;
