import {bitrate} from './format.js';

const SECONDS = 300;
const HUES_DARK = ['#37cfc4', '#ffb454', '#a5a6ff', '#f58fb8', '#8fd46a', '#6db7ff', '#e0c15a', '#c49bff'];
const HUES_LIGHT = ['#0b7a75', '#b4570a', '#4f4fc4', '#b03270', '#3f7d1c', '#1a6bb5', '#8a6d0b', '#7b3fc0'];

/** The last five minutes of some figures, one line each; a point a second, kept here and nowhere else. */
export class History {
  constructor(root, {format, least}) {
    this.root = root;
    this.format = format;
    this.least = least;
    this.times = [];
    this.lines = new Map();
    new ResizeObserver(() => this.#resize()).observe(root);
    addEventListener('themechange', () => { this.plot?.destroy(); this.plot = null; this.draw(); });
  }

  /** One more second: the value of each line, by its name. */
  add(at, values) {
    this.times.push(at);
    for (const name of Object.keys(values)) {
      if (!this.lines.has(name)) this.lines.set(name, Array(this.times.length - 1).fill(null));
    }
    for (const [name, points] of this.lines) points.push(values[name] ?? null);
    while (this.times.length > SECONDS) {
      this.times.shift();
      for (const points of this.lines.values()) points.shift();
    }
    for (const [name, points] of this.lines) if (points.every((point) => point === null)) this.lines.delete(name);
    if (!document.hidden) this.draw();
  }

  /** Forgets the lines of all others. */
  keep(names) {
    for (const name of this.lines.keys()) if (!names.has(name)) this.lines.delete(name);
  }

  clear() {
    this.times = [];
    this.lines.clear();
  }

  draw() {
    if (!this.root.clientWidth || typeof uPlot === 'undefined') return;
    const names = [...this.lines.keys()];
    const now = this.times.at(-1) ?? Date.now() / 1000;
    const data = [[now - SECONDS, ...this.times], ...names.map((name) => [null, ...this.lines.get(name)])];
    const key = names.join();
    if (!this.plot || this.key !== key) {
      this.plot?.destroy();
      this.key = key;
      this.plot = new uPlot(this.#options(names), data, this.root);
    } else {
      this.plot.setData(data);
    }
  }

  #options(names) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const hues = document.documentElement.dataset.theme === 'dark' ? HUES_DARK : HUES_LIGHT;
    const font = `11px ${colour('--sans') || 'sans-serif'}`;
    const axis = {stroke: colour('--ink-3'), font, grid: {stroke: colour('--line'), width: 1}, ticks: {show: false}};
    return {
      width: this.#width(),
      height: 178,
      padding: [10, 6, 0, 0],
      cursor: {points: {size: 6}, drag: {x: false, y: false}},
      legend: {live: true},
      scales: {y: {range: (plot, low, high) => [0, Math.max(this.least, (high ?? 0) * 1.15)]}},
      axes: [
        {...axis, grid: {show: false}, space: 70, values: (plot, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', hour12: false}))},
        {...axis, size: 58, space: 36, values: (plot, splits) => splits.map((value) => this.format(value))},
      ],
      series: [
        {value: (plot, at) => (at ? new Date(at * 1000).toLocaleTimeString([], {hour12: false}) : '')},
        ...names.map((name, i) => ({
          label: name, stroke: hues[i % hues.length], width: 1.75, spanGaps: false, points: {show: false},
          fill: names.length === 1 ? `${hues[i % hues.length]}1f` : undefined,
          value: (plot, value) => (this.format(value ?? this.lines.get(name)?.at(-1) ?? 0)),
        })),
      ],
    };
  }

  #width() {
    return this.root.clientWidth - 24;
  }

  #resize() {
    if (this.plot && this.root.clientWidth) this.plot.setSize({width: this.#width(), height: 178});
    else this.draw();
  }
}

export const asBitrate = (value) => (value === 0 ? '0' : bitrate(value));
export const asCount = (value) => (Number.isInteger(value) ? String(value) : '');
export const asPercent = (value) => `${Math.round(value)} %`;
