/* Asking the server. Addresses are made from where this file came from, so a proxy may put a prefix before. */

const root = new URL('../', import.meta.url);

export const url = (path) => new URL(path, root).href;

export class ApiError extends Error {
    constructor(status, body) {
        super((body && body.message) || 'the server answered ' + status);
        this.status = status;
        this.hint = body && body.hint;
    }
}

async function answer(response) {
    let body = null;
    try {
        body = await response.json();
    } catch (e) {
        body = null;
    }
    if (!response.ok)
        throw new ApiError(response.status, body);
    return body;
}

export const get = async (path) => answer(await fetch(url('api/quern/' + path), {headers: {Accept: 'application/json'}}));

export async function cancel(job, token) {
    const headers = token ? {Authorization: 'Bearer ' + token} : {};
    return answer(await fetch(url('api/quern/jobs/' + encodeURIComponent(job) + '/cancel'), {method: 'POST', headers}));
}

/* ---- the server's clock, so that "12 s ago" is right on a machine whose clock is not ---- */

let ahead_us = 0;
export const setNow = (now_us) => {
    if (now_us)
        ahead_us = now_us - Date.now() * 1000;
};
export const now = () => Date.now() * 1000 + ahead_us;

/* At most one run of `work` at a time and one every `gap_ms`; a call meanwhile leads to one more run. */
export function paced(work, gap_ms) {
    let busy = false, again = false;
    return async function run() {
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        try {
            await work();
        } finally {
            setTimeout(() => {
                busy = false;
                if (again) {
                    again = false;
                    run();
                }
            }, gap_ms);
        }
    };
}
