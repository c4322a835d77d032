/* A job's page: asks for the job, hands its parts to those who draw them, follows its events. */
import {get, now, setNow, paced, url} from './api.js';
import {$, h, put, text, meter, state} from './dom.js';
import * as f from './format.js';
import {follow, tick} from './frame.js';
import {drawPlan} from './plan.js';
import {drawSql, drawTrouble} from './sql.js';
import {drawTasks} from './tasks.js';
import {drawLogs} from './logs.js';
import {drawStages, drawPartitions, drawRecords, drawSettings, drawStatus} from './sections.js';
import {offerCancel} from './cancel.js';

const id = decodeURIComponent((location.pathname.match(/job\/([^/]+)/) || [])[1] || '');
const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED'];
let job = null, cluster = null;

const ended = () => job && FINAL.includes(job.state);

/* ---- head ---- */

const fact = (name, value) => value === null || value === undefined || value === '' ? null : h('div', null, h('dt', {class: name ? null : 'unseen'}, name || 'State'), h('dd', null, value));

function drawHead() {
    text($('name'), job.name || 'Job ' + job.id);
    text($('crumb'), 'Job ' + job.id);
    document.title = (job.name || 'Job ' + job.id) + ': ' + job.state.toLowerCase() + ' · quern';
    put($('facts'), fact('', state(job.state)), fact('Submitted', h('time', {title: f.full(job.submitted_us)}, f.clock(job.submitted_us))),
        fact(ended() ? 'Took' : 'Running for', h('span', {id: 'took'}, took())), fact('By', job.user),
        fact('Pipeline', job.pipeline_id), fact('Id', job.app_id && h('span', {class: 'mono'}, job.app_id)),
        job.statements > 1 ? fact('Statement', job.statement + ' of ' + job.statements) : null);
    $('cancel').hidden = ended();
}

const took = () => ended() ? f.duration((job.finished_us || now()) - job.submitted_us) : f.elapsed(now() - job.submitted_us);

/* ---- progress ---- */

const bar = meter('Tasks done', 'tall');
const figures = h('dl', {class: 'figures'});
$('progress').append(bar.element, figures);

const figure = (value, name) => h('div', null, h('dt', null, name), h('dd', null, value));

/* A running stage's counts come with the stages, a job's when its stage is done. */
function known(name) {
    const stages = (job.stages || []).reduce((sum, s) => sum + (s[name] || 0), 0);
    return Math.max(job[name] || 0, ended() ? 0 : stages);
}

function rate() {
    const us = (ended() ? job.finished_us : now()) - (job.started_us || job.submitted_us);
    return us > 0 && known('rows_read') ? f.short(Math.round(known('rows_read') * 1e6 / us)) : null;
}

function left() {
    const done = job.tasks_done, us = now() - (job.started_us || job.submitted_us);
    return !ended() && done > 0 && job.tasks_total > done && us > 3e6 ? f.elapsed(us * (job.tasks_total - done) / done) : null;
}

function drawProgress() {
    $('progress').hidden = !job.tasks_total && !job.rows_read;
    bar.element.className = 'meter tall ' + job.state.toLowerCase();
    bar.set(job.tasks_done, job.tasks_total, f.count(job.tasks_done) + ' of ' + f.count(job.tasks_total));
    put(figures, figure(f.count(job.tasks_done) + ' of ' + f.count(job.tasks_total), 'tasks'), figure(f.short(known('rows_read')), 'records read'),
        figure(f.short(job.rows_written), 'written'), figure(f.bytes(known('bytes_read')), 'read'), rate() && figure(rate(), 'records a second'),
        left() && figure(left(), 'left, about'), job.tasks_failed ? figure(f.count(job.tasks_failed), 'failed attempts') : null,
        job.bad_records ? figure(f.count(job.bad_records), 'bad records') : null);
}

/* ---- the links to what is on the page ---- */

function drawLinks() {
    const shown = [...document.querySelectorAll('main section')].filter((s) => !s.hidden);
    const wanted = shown.map((s) => s.id).join();
    $('on-page').hidden = !shown.length;
    if ($('on-page').dataset.has === wanted)
        return;
    $('on-page').dataset.has = wanted;
    put($('on-page'), shown.map((s) => h('a', {href: '#' + s.id}, s.querySelector('h2').textContent)));
    mark();
}

function mark() {
    const links = [...$('on-page').children];
    let at = links[0];
    for (const link of links)
        if (document.getElementById(link.hash.slice(1)).getBoundingClientRect().top < 140)
            at = link;
    if (links.length && scrollY + innerHeight >= document.documentElement.scrollHeight - 2)
        at = links[links.length - 1];
    for (const link of links)
        if (link === at)
            link.setAttribute('aria-current', 'true');
        else
            link.removeAttribute('aria-current');
}

addEventListener('scroll', mark, {passive: true});

/* ---- all of it ---- */

function drawWarnings() {
    $('warnings').hidden = !(job.warnings || []).length;
    put($('warnings'), h('ul', null, (job.warnings || []).map((w) => h('li', null, w))));
}

function drawAll() {
    drawHead();
    drawProgress();
    drawTrouble(job);
    drawWarnings();
    drawPlan(job.plan);
    drawStages(job.stages || []);
    drawPartitions(job.partitions || []);
    drawRecords(job.bad_records_report);
    drawSql(job);
    drawSettings(job.conf || {});
    drawStatus(job.status_rows || []);
    drawLinks();
}

const path = 'jobs/' + encodeURIComponent(id);

function notFound(e) {
    if (job || e.status !== 404)
        return;
    text($('name'), 'No such job');
    put($('facts'), h('div', null, e.message + '. ', h('a', {href: url('')}, 'All jobs')));
    document.title = 'No such job · quern';
}

const reload = paced(async () => {
    try {
        job = await get(path);
        drawAll();
        offerCancel(() => job, () => cluster);
    } catch (e) {
        notFound(e);
        console.info('job: ' + e.message);
    }
}, 1500);

const reloadTasks = paced(async () => {
    try {
        drawTasks(await get(path + '/tasks'), () => job);
        drawLinks();
    } catch (e) {
        console.info('tasks: ' + e.message);
    }
}, 3000);

const reloadLogs = paced(async () => {
    try {
        drawLogs((await get(path + '/logs')).lines);
        drawLinks();
    } catch (e) {
        console.info('logs: ' + e.message);
    }
}, 2000);

async function all() {
    try {
        takeCluster(await get('cluster'));
    } catch (e) {
        console.info('cluster: ' + e.message);
    }
    await reload();
    reloadTasks();
    reloadLogs();
}

function takeCluster(c) {
    setNow(c.now_us);
    cluster = {...cluster, ...c};
    text($('where'), c.master_url);
    text($('version'), 'quern ' + c.version);
}

/* What the event says at once; what it does not carry is asked for, at its own pace. */
function takeJob(event) {
    if (!job || String(event.id) !== String(job.id))
        return;
    job = {...job, ...event, error: job.error || event.error};
    drawHead();
    drawProgress();
    reload();
    reloadTasks();
    reloadLogs();
}

$('raw').href = url('api/quern/' + path);
follow({cluster: takeCluster, job: takeJob}, all);
tick(() => {
    if (job && !ended()) {
        text($('took'), took());
        drawProgress();
    }
});
