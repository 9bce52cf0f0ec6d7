import { countOf } from './faces.js';
import { find, iconButton, make } from './dom.js';

/** The kept parts of the mesh: names, colours, edit, merge, delete. */
export class PartList {
  constructor(studio) {
    this.studio = studio;
    this.list = find('#parts');
    this.chosen = new Set();
    this.merge = find('#merge');
    this.merge.addEventListener('click', () => {
      studio.mergeParts([...this.chosen]);
      this.chosen.clear();
    });
    studio.store.addEventListener('change', () => this.update());
  }

  update() {
    const { parts, active, mesh } = this.studio.store;
    for (const id of this.chosen) if (!parts.some(part => part.id === id)) this.chosen.delete(id);
    find('#parts-count').textContent = parts.length || '';
    find('#no-parts').hidden = parts.length > 0;
    this.merge.disabled = this.chosen.size < 2;
    find('#map').disabled = !this.studio.store.photo || !mesh;
    find('#export').disabled = !mesh || !parts.length;
    if (this.shown?.parts.length === parts.length && parts.every((p, i) => p === this.shown.parts[i]) && this.shown.active === active) return;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.shown = { parts, active };
    this.list.replaceChildren(...parts.map(part => this.row(part, part === active, mesh.faces)));
    if (focused) this.list.querySelector(`[data-key="${focused}"]`)?.focus();
    if (this.studio.named) {
      const field = this.list.querySelector(`[data-key="name-${this.studio.named}"]`);
      this.studio.named = null;
      field?.focus();
      field?.select();
    }
  }

  row(part, isActive, faceCount) {
    const { studio } = this, { store } = studio, { id, name, color } = part;
    const check = make('input', { type: 'checkbox', 'aria-label': `Choose ${name} to merge`, 'data-key': `check-${id}`, onchange: event => {
      this.chosen[event.target.checked ? 'add' : 'delete'](id);
      this.merge.disabled = this.chosen.size < 2;
    } });
    check.checked = this.chosen.has(id);
    const swatch = make('input', { type: 'color', 'aria-label': `Colour of ${name}`, title: 'Colour', 'data-key': `color-${id}`, onchange: event => store.commitPart('Colour', id, { color: event.target.value }) });
    swatch.value = color;
    const field = make('input', {
      type: 'text', class: 'name', 'aria-label': 'Name of the part', maxlength: 60, spellcheck: 'false', 'data-key': `name-${id}`,
      onchange: event => studio.rename(id, event.target.value),
      onkeydown: event => { if (event.key === 'Enter' || event.key === 'Escape') find('#mesh').focus(); },
    });
    field.value = name;
    const light = place => () => studio.light(place);
    return make('li', {
      'data-part': id, class: isActive ? 'active' : '', onpointerenter: light(part), onpointerleave: light(null),
    }, check, swatch, field, make('span', { class: 'number', title: 'Faces' }, `${Math.max(1, Math.round(100 * countOf(part.runs) / faceCount))} %`),
    iconButton('brush', `Edit ${name} with the brush`, () => studio.edit(isActive ? null : id), { 'aria-pressed': isActive, 'data-key': `edit-${id}` }),
    iconButton('trash', `Delete ${name}`, () => studio.deletePart(id), { 'data-key': `delete-${id}` }));
  }

  /** Marks the part that is under the pointer on the mesh. */
  point(id) {
    for (const row of this.list.children) row.classList.toggle('pointed', row.dataset.part === String(id));
  }
}
