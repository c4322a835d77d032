/* Numbers, sizes and times as texts. Times come from the server in microseconds. */

const whole = new Intl.NumberFormat('en-US');

export const count = (n) => n === null || n === undefined ? '–' : whole.format(n);
export const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many || one + 's');

/* 1.2 M: where a column is narrow. */
export function short(n) {
    if (n === null || n === undefined)
        return '–';
    for (const [unit, name] of [[1e9, ' G'], [1e6, ' M'], [1e4, ' k']])
        if (n >= unit)
            return figures(name === ' k' ? n / 1e3 : n / unit) + name;
    return count(n);
}

const figures = (x) => x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);

export function bytes(n) {
    if (n === null || n === undefined)
        return '–';
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let i = 0;
    while (n >= 1024 && i < units.length - 1) {
        n /= 1024;
        i++;
    }
    return (i === 0 ? String(n) : trim(figures(n))) + ' ' + units[i];
}

const trim = (t) => t.includes('.') ? t.replace(/\.?0+$/, '') : t;

/* "6.2 / 8" and "GiB": used of total in the total's unit. */
export function bytesOf(used, total) {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let i = 0, size = 1;
    while (total / size >= 1024 && i < units.length - 1) {
        size *= 1024;
        i++;
    }
    return [trim(figures(used / size)), trim(figures(total / size)) + ' ' + units[i]];
}

/* 430 µs, 12 ms, 4.31 s, 2 min 05 s, 3 h 12 min, 5 d 2 h */
export function duration(us) {
    if (us === null || us === undefined || us < 0)
        return '–';
    if (us < 1000)
        return Math.round(us) + ' µs';
    if (us < 1e6)
        return trim((us / 1e3).toFixed(us < 1e4 ? 1 : 0)) + ' ms';
    const s = us / 1e6;
    if (s < 60)
        return s.toFixed(s < 10 ? 2 : 1) + ' s';
    const two = (n) => String(Math.floor(n)).padStart(2, '0');
    if (s < 3600)
        return Math.floor(s / 60) + ' min ' + two(s % 60) + ' s';
    if (s < 86400)
        return Math.floor(s / 3600) + ' h ' + two(s % 3600 / 60) + ' min';
    return Math.floor(s / 86400) + ' d ' + Math.floor(s % 86400 / 3600) + ' h';
}

/* For what ticks: whole seconds once there are any. */
export function elapsed(us) {
    return us >= 1e6 && us < 60e6 ? (us / 1e6).toFixed(us < 10e6 ? 1 : 0) + ' s' : duration(us);
}

const clockFormat = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const dayFormat = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const fullFormat = new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'long'});

/* 20:14:03 today, 21 Nov 20:14:03 otherwise. */
export function clock(us) {
    if (!us)
        return '–';
    const at = new Date(us / 1000), today = new Date();
    const time = clockFormat.format(at);
    return at.toDateString() === today.toDateString() ? time : dayFormat.format(at) + ' ' + time;
}

export const full = (us) => us ? fullFormat.format(new Date(us / 1000)) : '';

/* 20:14:03.412, for logs. */
export function stamp(us) {
    return clockFormat.format(new Date(us / 1000)) + '.' + String(Math.floor(us / 1000) % 1000).padStart(3, '0');
}

export const percent = (part, of) => of > 0 ? Math.floor(100 * part / of) + ' %' : '–';
