import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot as root } from '../support/repository-root.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { type Block, commandsOf, readPages } from './markdown.ts';

const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks);
const nodeArguments = ['--disable-warning=ExperimentalWarning', '--conditions=@tollgate/source'];

/** Runs a program from the sources and gives what it prints, with times taken out. */
function printed(
  programArguments: readonly string[],
  from: { readonly folder?: string; readonly input?: string } = {},
): string {
  const done = spawnSync(process.execPath, [...nodeArguments, ...programArguments], {
    cwd: join(root, from.folder ?? ''),
    encoding: 'utf8',
    input: from.input ?? '',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/tollgate-docs-tests'),
    },
    timeout: 60_000,
  });
  if (done.status !== 0) throw new Error(`It ended with ${done.status ?? done.signal}:\n${done.stdout}${done.stderr}`);
  return withoutTimes(done.stdout);
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d+\.\d s\b/g, '0.0 s').trimEnd();
}

/** The formatter moves code to the left margin, wherever the example has it. */
function withoutIndents(text: string): string {
  return text.replaceAll(/^[ \t]+/gm, '');
}

/** The block that stands right after another one on its page. */
function after(block: Block): Block | undefined {
  const page = pages.find(({ blocks: own }) => own.includes(block));
  return page?.blocks[page.blocks.indexOf(block) + 1];
}

describe('code that is marked with an example', () => {
  const marked = blocks.filter((block) => block.mark.startsWith('examples/'));

  it('is there, on the front page', () => {
    const onFront = marked.filter((block) => block.place.startsWith('README.md'));
    expect(onFront.map((block) => block.language)).toEqual(expect.arrayContaining(['ts', 'text']));
  });

  it.each(marked.filter((block) => block.language === 'ts'))('$place is a part of $mark', ({ mark, code }) => {
    expect(withoutIndents(readFileSync(join(root, mark), 'utf8'))).toContain(withoutIndents(code));
  });

  it.each(marked.filter((block) => block.language === 'text'))('$place is what $mark prints', ({ mark, code }) => {
    expect(printed([mark])).toContain(withoutTimes(code));
  });
});

describe('the program of a package README', () => {
  const packages = pages.filter(
    (page) => page.path.startsWith('packages/') && page.path !== 'packages/bench/README.md',
  );

  it.each(packages)('$path: its first program prints what stands below it', (page) => {
    const program = page.blocks.find((block) => block.language === 'ts');
    if (program === undefined) throw new Error('There is no program in it.');
    const output = printed(['--input-type=module-typescript', '-'], { folder: 'examples', input: program.code });
    expect(output).toBe(withoutTimes(after(program)?.code ?? ''));
  });
});

describe('programs', () => {
  // Inside the repository, so that they find its packages, and where no other tool looks.
  const folder = join(root, 'node_modules/.cache/tollgate-docs');

  it('type-check, wherever a block starts with its imports', () => {
    const programs = blocks.filter((block) => block.language === 'ts' && block.code.startsWith('import '));
    expect(programs.length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const files = programs.map((block) => `${block.place.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.ts`);
    for (const [i, { code }] of programs.entries()) writeFileSync(join(folder, files[i]!), `${code}\nexport {};\n`);
    const compilerOptions = { noEmit: true, noUnusedLocals: false };
    const config = { extends: '../../../tsconfig.base.json', compilerOptions, files };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const done = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', timeout: 120_000 });
    // Errors elsewhere are the business of the type check itself.
    const own = `${done.stdout}${done.stderr}`.split('\n').filter((line) => line.includes('tollgate-docs/'));
    expect(own).toEqual([]);
  }, 120_000);
});

describe('commands', () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
  );
  const shell = blocks.filter((block) => block.language === 'sh');
  const commands = shell.flatMap((block) => commandsOf(block).map((command) => ({ place: block.place, command })));
  const helps = new Map<string, Promise<CliRun>>();

  async function helpOf(subcommand: string): Promise<string> {
    let help = helps.get(subcommand);
    if (help === undefined) {
      help = runCli([...subcommand.split(' ').filter(Boolean), '--help'], { cwd: root });
      helps.set(subcommand, help);
    }
    return (await help).stdout;
  }

  it.each(commands)('$place: $command', async ({ command }) => {
    const [tool = '', ...words] = command.split(/\s+/);
    if (tool === 'npm' && words[0] === 'run') {
      const script = words.slice(1).find((word) => !word.startsWith('-'));
      expect(scripts).toContain(script);
      const own = words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
      if (script === 'tollgate') await checkCall(own);
      if (script === 'quickstart') await checkCall(['quickstart', ...own]);
    } else if (tool === 'tollgate') await checkCall(words);
    else expect(['npm', 'node', 'gunzip', 'gzip', '.ci/run']).toContain(tool);
  });

  /** Expects that the command knows the subcommand and every option. */
  async function checkCall(words: readonly string[]): Promise<void> {
    const [name = '', below = ''] = words;
    expect(await helpOf('')).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    const help = await helpOf(name === 'tasks' ? `${name} ${below}` : name);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  }

  it.each(shell.filter((block) => block.mark === 'run'))('$place prints what stands below it', async (block) => {
    const [command = ''] = commandsOf(block);
    const words = command.replace(/^npm run -s tollgate -- /, '').split(/\s+/);
    const { stdout } = await runCli(words, { cwd: root });
    expect(withoutTimes(stdout)).toBe(withoutTimes(after(block)?.code ?? ''));
  });
});

describe('every page', () => {
  it.each(pages)('$path links to what is there', ({ path, text }) => {
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*$/, ''));
    const missing = targets.filter(
      (target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(path), target)),
    );
    expect(missing).toEqual([]);
  });

  it.each(pages)('$path has no path of one machine and no gap to fill in', ({ text }) => {
    expect(text.match(/\{\{.*?\}\}|(?<=^|[\s"'`(])\/(?:home|root|work|tmp|Users)\/\S*/g) ?? []).toEqual([]);
  });
});
