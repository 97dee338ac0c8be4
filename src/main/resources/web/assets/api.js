// Calls of the REST API, with the administrator's token if one was given. It stays in this tab and goes with it.
const KEY = 'headwater.token';
let token = '';
try { token = sessionStorage.getItem(KEY) ?? ''; } catch { /* no storage: for this page only */ }

export const hasToken = () => token !== '';
export function setToken(value) {
  token = value.trim();
  try { token ? sessionStorage.setItem(KEY, token) : sessionStorage.removeItem(KEY); } catch { /* as above */ }
}
export const headers = () => (token ? {Authorization: `Bearer ${token}`} : {});

/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {...headers(), ...(method === 'GET' ? {} : {'Content-Type': 'application/json'})},
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    });
  } catch {
    throw new Refused(0, 'The node does not answer.');
  }
  const said = await response.text();
  let json = null;
  try { json = JSON.parse(said); } catch { /* no JSON: the status has to do */ }
  if (!response.ok || json?.success === false) {
    throw new Refused(response.status, json?.message || `The node answered ${response.status} without a reason.`);
  }
  return json;
}
