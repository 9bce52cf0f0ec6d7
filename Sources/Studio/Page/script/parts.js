import { nextColour } from './colours.js';
import { countOf, unionOf } from './faces.js';
import { find, iconButton, make } from './dom.js';

/** The kept parts of the mesh: names, colours, edit, merge, delete. */
export class PartList {
  constructor(studio) {
    this.studio = studio;
    this.list = find('#parts');
    this.chosen = new Set();
    this.merge = find('#merge');
    this.merge.addEventListener('click', () => {
      this.mergeAll([...this.chosen]);
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
    if (this.named) {
      const field = this.list.querySelector(`[data-key="name-${this.named}"]`);
      this.named = null;
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
      onchange: event => this.rename(id, event.target.value),
      onkeydown: event => { if (event.key === 'Enter' || event.key === 'Escape') find('#mesh').focus(); },
    });
    field.value = name;
    const light = place => () => studio.places.light(place);
    return make('li', {
      'data-part': id, class: isActive ? 'active' : '', onpointerenter: light(part), onpointerleave: light(null),
    }, check, swatch, field, make('span', { class: 'number', title: 'Faces' }, `${Math.max(1, Math.round(100 * countOf(part.runs) / faceCount))} %`),
    iconButton('brush', `Edit ${name} with the brush`, () => this.edit(isActive ? null : id), { 'aria-pressed': isActive, 'data-key': `edit-${id}` }),
    iconButton('trash', `Delete ${name}`, () => this.delete(id), { 'data-key': `delete-${id}` }));
  }

  /** Marks the part that is under the pointer on the mesh. */
  point(id) {
    for (const row of this.list.children) row.classList.toggle('pointed', row.dataset.part === String(id));
  }

  // What is done

  /** Keeps the answer that is shown, or all regions of a map. */
  keep() {
    const { store, record, regions } = this.studio, kept = regions.length ? regions : record?.runs?.length > 1 && !store.active ? [record] : [];
    if (!kept.length) return this.studio.say('There is no answer to keep.');
    const { document } = store, parts = [...document.parts];
    for (const { runs, color, mask } of kept) {
      const id = 1 + Math.max(0, ...parts.map(part => part.id));
      parts.push({
        id, name: this.freeName(parts), color: color ?? nextColour(parts.filter(p => p.mesh === document.mesh)), mesh: document.mesh, runs,
        answer: record.back?.id ?? (record.kind === 'match' ? record.id : undefined), photo: document.photo, mask: mask ?? record.masks?.part ?? null,
      });
    }
    this.named = kept.length === 1 ? parts.at(-1).id : null;
    store.commit(kept.length === 1 ? 'Keep the part' : 'Keep the parts', { parts, question: null, record: null, active: null });
    this.studio.say(kept.length === 1 ? `Kept as ${parts.at(-1).name}. Type a name.` : `${kept.length} parts are kept.`);
  }

  freeName(parts) {
    for (let i = 1; ; i++) if (!parts.some(part => part.name === `Part ${i}`)) return `Part ${i}`;
  }

  rename(id, name) {
    const trimmed = name.trim(), part = this.studio.store.parts.find(p => p.id === id);
    if (trimmed && trimmed !== part.name) this.studio.store.commitPart(`Name ${trimmed}`, id, { name: trimmed });
  }

  edit(id) {
    this.studio.store.commit(id === null ? 'End editing' : 'Edit a part', { active: id, question: null, record: null });
    this.studio.take(id === null ? 'point' : 'paint');
  }

  mergeAll(ids) {
    const { store } = this.studio, merged = store.parts.filter(part => ids.includes(part.id)), [first] = merged;
    if (merged.length < 2) return;
    const runs = unionOf(merged.map(part => part.runs), store.mesh.faces);
    const rest = store.document.parts.filter(part => !ids.includes(part.id) || part === first);
    store.commit('Merge parts', { parts: rest.map(part => (part === first ? { ...first, runs } : part)), active: null });
    this.studio.say(`${merged.length} parts are one: ${first.name}.`);
  }

  delete(id) {
    const { store } = this.studio, part = store.parts.find(p => p.id === id);
    store.commit(`Delete ${part.name}`, { parts: store.document.parts.filter(p => p !== part), active: store.document.active === id ? null : store.document.active });
    this.studio.say(`${part.name} is deleted.`);
  }
}
