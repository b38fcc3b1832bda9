/** Formats of strings that are checked. Any other `format` is a note to the reader, as the standard has it. */
export const jsonFormats: { readonly [format: string]: (text: string) => boolean } = {
  'date-time': (text) => {
    const [, date = '', time = ''] = /^(\S+)[Tt](\S+)$/.exec(text) ?? [];
    return isDate(date) && isTime(time);
  },
  date: isDate,
  time: isTime,
  duration: (text) => /^P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/.test(text),
  email: (text) => /^[^\s@"]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text),
  hostname: (text) =>
    text.length <= 253 && /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i.test(text),
  ipv4: isIpv4,
  ipv6: isIpv6,
  uri: (text) => /^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]*$/i.test(text),
  uuid: (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
};

function isDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** A time of day with its offset from UTC, leap seconds included. */
function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.test(text);
}

function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/.test(text) && !text.endsWith('.') && !/(?:^|\.)0\d/.test(text);
}

function isIpv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = (part: string, last: boolean): number => {
    if (part === '') return 0;
    let count = 0;
    const all = part.split(':');
    for (const [i, group] of all.entries()) {
      if (/^[\da-f]{1,4}$/i.test(group)) count += 1;
      else if (last && i === all.length - 1 && isIpv4(group)) count += 2;
      else return Number.NaN;
    }
    return count;
  };
  if (tail === undefined) return groups(head, true) === 8;
  return groups(head, false) + groups(tail, true) <= 7;
}
