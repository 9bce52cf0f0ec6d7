import { find } from './dom.js';

const key = 'bsb-studio-theme', dark = window.matchMedia('(prefers-color-scheme: dark)');

/** Light or dark: as the system has it, until it is chosen here. */
export class Theme {
  constructor(change) {
    this.change = change;
    this.chosen = localStorage.getItem(key);
    find('#theme').addEventListener('click', () => this.toggle());
    dark.addEventListener('change', () => this.apply());
    this.apply();
  }

  get isDark() { return this.chosen ? this.chosen === 'dark' : dark.matches; }

  toggle() {
    this.chosen = this.isDark ? 'light' : 'dark';
    localStorage.setItem(key, this.chosen);
    this.apply();
  }

  apply() {
    document.documentElement.dataset.theme = this.isDark ? 'dark' : 'light';
    find('#theme').ariaLabel = this.isDark ? 'Switch to light' : 'Switch to dark';
    this.change(this.isDark);
  }
}
