import {h, one, toast} from './dom.js';
import {call, hasToken, setToken} from './api.js';
import {duration} from './format.js';

const dialog = () => one('#dialog');

function open(content, wide = false) {
  const element = dialog();
  element.classList.toggle('wide', wide);
  element.replaceChildren(content);
  if (!element.open) element.showModal();
  element.onclick = (event) => { if (event.target === element) element.close(); };
  // told of late: another may be open by then
  element.onclose = () => { if (!element.open) element.replaceChildren(); };
}

/**
 * Asks before it does something. Refused, the dialog stays and shows the server's words; without a token that counts, it
 * asks for one and goes on.
 * @param fields labels and inputs of their own, whose values come to path and body by name
 */
export function confirmCall({title, words, action, danger = true, method = 'POST', path, body = () => ({}), fields = [], done}) {
  const error = h('p.error', {role: 'alert', hidden: true});
  const token = tokenField();
  token.hidden = true;
  const submit = h(`button.${danger ? 'danger' : 'primary'}`, {type: 'submit'}, action);
  const cancel = h('button', {type: 'button', onclick: () => dialog().close()}, 'Cancel');
  const form = h('form', {method: 'dialog'},
    h('h2', {id: 'dialog-title'}, title), h('p', {}, words), ...fields, token, error, h('div.buttons', {}, cancel, submit));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    if (!token.hidden) setToken(values.token ?? '');
    submit.disabled = true;
    error.hidden = true;
    try {
      const said = await call(method, typeof path === 'function' ? path(values) : path, body(values));
      dialog().close();
      toast(said?.message || done);
    } catch (refused) {
      error.textContent = refused.message;
      error.hidden = false;
      if (refused.status === 401) {
        token.hidden = false;
        one('input', token).focus();
      }
    } finally {
      submit.disabled = false;
    }
  });
  open(form);
  // an Enter too many does no harm
  (one('label:not([hidden]) :is(input, select)', form) ?? cancel).focus();
}

function tokenField() {
  return h('label', {}, 'Administrator token',
    h('input', {name: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', class: 'mono'}));
}

/** Asks for the token by itself. It is kept for this tab. */
export function askToken(changed) {
  const field = tokenField();
  const form = h('form', {method: 'dialog'},
    h('h2', {id: 'dialog-title'}, 'Administrator token'),
    h('p', {}, hasToken()
      ? 'A token is set. It stays in this tab and is sent with every call of this page.'
      : 'Calls that change something need one, unless they come from the server’s own machine. It stays in this tab.'),
    field,
    h('div.buttons', {},
      hasToken() && h('button', {type: 'button', onclick: () => { setToken(''); dialog().close(); toast('Token forgotten'); changed(); }}, 'Forget it'),
      h('button', {type: 'button', onclick: () => dialog().close()}, 'Cancel'),
      h('button.primary', {type: 'submit'}, 'Use it')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    setToken(one('input', field).value);
    dialog().close();
    toast('Token set for this tab');
    changed();
  });
  open(form);
  one('input', field).focus();
}

/** One thing more closely: rows of names and values, and what can be done with it. */
export function details({title, tag, rows, actions, after}) {
  open(h('div.body', {},
    h('h2', {id: 'dialog-title'}, title, tag ? h('span.tag', {'data-state': tag}, tag) : null),
    h('dl.rows', {}, rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    after,
    h('div.buttons', {}, actions, h('button', {type: 'button', onclick: () => dialog().close()}, 'Close'))));
}

/** Who watches a stream, on all nodes, with a button beside each that asks end(viewer). */
export async function viewersOf(stream, path, end) {
  const list = h('div.viewers', {role: 'status'}, h('p.hint', {}, 'Asking all nodes'));
  open(h('div.body', {},
    h('h2', {id: 'dialog-title'}, `Viewers of ${stream.key}`), list,
    h('div.buttons', {}, h('button', {type: 'button', onclick: () => dialog().close()}, 'Close'))));
  try {
    const all = await call('GET', path);
    list.replaceChildren(all.length
      ? h('ul', {}, all.map((viewer) => h('li', {},
        h('b', {}, viewer.protocol), h('span', {}, viewer.address), h('span', {}, viewer.nodeId),
        h('span.hint', {}, `for ${duration(Date.now() - viewer.since)}`),
        h('button.small', {type: 'button', 'aria-label': `End ${viewer.viewerId}`, onclick: () => end(viewer)}, 'End'))))
      : h('p.empty', {}, 'Nobody watches it now.'),
    all.length < stream.viewers ? h('p.hint', {}, `${all.length} of ${stream.viewers}, those that came first.`) : '');
  } catch (refused) {
    list.replaceChildren(h('p.error', {role: 'alert'}, refused.message));
    if (refused.status === 401) {
      list.append(h('p', {}, h('button', {type: 'button', onclick: () => askToken(() => viewersOf(stream, path, end))}, 'Administrator token')));
    }
  }
}

export function watch(stream) {
  const query = new URLSearchParams({app: stream.app, id: stream.streamId, embed: '1'});
  const frame = h('iframe', {src: `/play.html?${query}`, title: `Player of ${stream.key}`, allow: 'autoplay; fullscreen'});
  query.delete('embed');
  open(h('div.body.watch', {},
    h('h2', {id: 'dialog-title'}, stream.key), frame,
    h('div.buttons', {}, h('a.button', {href: `/play.html?${query}`}, 'Open the player'), h('button', {type: 'button', onclick: () => dialog().close()}, 'Close'))), true);
}
