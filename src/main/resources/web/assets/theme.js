// Runs before the first paint, so that a chosen theme does not flash.
(() => {
  const key = 'headwater.theme';
  const root = document.documentElement;
  const wish = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { root.dataset.theme = wish() ?? (dark.matches ? 'dark' : 'light'); };
  const asked = new URLSearchParams(location.search).get('theme');
  apply();
  if (asked === 'dark' || asked === 'light') root.dataset.theme = asked;
  dark.addEventListener('change', () => { apply(); dispatchEvent(new Event('themechange')); });
  addEventListener('click', (event) => {
    if (!event.target.closest('[data-theme-toggle]')) return;
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem(key, root.dataset.theme); } catch { /* private window: for this page only */ }
    dispatchEvent(new Event('themechange'));
  });
})();
