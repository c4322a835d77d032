/* Cancelling needs the master's token: asked for in a dialog, kept for as long as the page is open. */
import {cancel} from './api.js';
import {$, h, put, text, command} from './dom.js';

const dialog = $('cancel-dialog');
let token = '';
let job = () => null, cluster = () => null;

const close = h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Keep running');
const said = h('p', {class: 'said', role: 'alert'});

function drawOff() {
    put($('cancel-body'), h('p', null, 'This master was started without a token, so its pages only show. Cancel on the command line:'),
        command('quern cancel ' + job().id + ' --master ' + cluster().master_url),
        h('p', {class: 'quiet small'}, 'To cancel from here, start the master with QUERN_UI_TOKEN, or --conf quern.ui.token.'), h('div', {class: 'buttons'}, close));
}

function drawAsk() {
    const field = h('input', {type: 'password', id: 'token', autocomplete: 'off', required: true});
    field.value = token;
    text(said, '');
    put($('cancel-body'), h('p', null, 'Running tasks are stopped and nothing is written: ', h('b', null, job().name || 'job ' + job().id), '.'),
        h('label', {for: 'token'}, 'Token of the master'), field, said,
        h('div', {class: 'buttons'}, close, h('button', {class: 'primary', type: 'submit', id: 'cancel-now'}, 'Cancel job')));
}

async function send(event) {
    event.preventDefault();
    const field = $('token');
    if (!field)
        return;
    text(said, '');
    $('cancel-now').disabled = true;
    try {
        await cancel(job().id, field.value);
        token = field.value;
        dialog.close();
    } catch (e) {
        text(said, e.status === 401 ? 'The master does not know this token.' : e.message + (e.hint ? ' (' + e.hint + ')' : ''));
        field.focus();
        field.select();
    }
    $('cancel-now').disabled = false;
}

$('cancel').addEventListener('click', () => {
    if (cluster() && cluster().cancel_enabled === false)
        drawOff();
    else
        drawAsk();
    dialog.showModal();
    ($('token') || close).focus();
});
$('cancel-form').addEventListener('submit', send);

/* Says where the dialog finds the job and the cluster as they are when it opens. */
export function offerCancel(jobNow, clusterNow) {
    job = jobNow;
    cluster = clusterNow;
    if (dialog.open && job().finished_us)
        dialog.close();
}
