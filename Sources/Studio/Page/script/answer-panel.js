import { countOf } from './faces.js';
import { find, icon, make } from './dom.js';

const percent = share => (share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(100 * share)} %`);

/** What an answer is called and what is said of it: { grade, title, text }. */
export function verdictOf(record, mesh) {
  if (!record) return { grade: 'idle', title: 'Nothing clicked yet', text: mesh ? 'Click a part of the object in the photo, or of the mesh.' : 'Open a photo and a mesh, then click in either.' };
  if (record.state === 'failed') return { grade: 'none', title: 'That did not work', text: record.error };
  if (record.state === 'withdrawn') return { grade: 'idle', title: 'Not answered', text: 'A newer click took its place.' };
  if (record.kind === 'hand') return { grade: 'hand', title: 'Painted by hand', text: 'Keep it as a part, or go on painting.' };
  if (record.kind === 'map') return verdictOfMap(record);
  if (record.kind === 'segment') return verdictOfSegment(record);
  const { document } = record;
  if (!document) {
    if (record.state === 'done') return { grade: 'idle', title: 'This is what you clicked', text: 'Open a mesh to find it there.' };
    return { grade: 'asking', title: record.masks ? 'Looking for it on the mesh …' : 'Looking at the click …', text: record.progress ? wordsOf(record.progress) : '' };
  }
  if (document.grade === 'none' || !document.found) {
    const where = Number.isInteger(record.likeliest) ? ' The faint ring is on the place that is most like it.' : '';
    return { grade: 'none', title: 'No such part', text: (document.explanation ?? 'The mesh does not have what you clicked.') + where };
  }
  if (document.grade === 'unsure') return { grade: 'unsure', title: 'Probably here', text: `Not sure: ${document.doubts?.[0] ?? 'look whether it means the same'}. Another click on the part, or + and −, may help.` };
  return { grade: 'sure', title: 'Found it', text: record.state === 'asking' ? 'The part is being cut out …' : 'This means the same as what you clicked.' };
}

function verdictOfMap(record) {
  if (record.state === 'asking') return { grade: 'asking', title: 'Mapping the whole object …', text: record.progress ? wordsOf(record.progress) : 'Each region of the photo is looked for on the mesh.' };
  const count = record.regions.length;
  return count ? { grade: 'sure', title: `${count} ${count === 1 ? 'part' : 'parts'} mapped`, text: `They cover ${percent(record.document.objectShares.matched)} of the object in the photo.` }
    : { grade: 'none', title: 'No region has a part here', text: 'The object in the photo seems to be of another kind.' };
}

function verdictOfSegment(record) {
  const { back } = record, title = record.runs ? 'The part you clicked' : 'Looking at the click …';
  if (record.state === 'asking' && !back) return { grade: 'asking', title, text: '' };
  if (!back) return { grade: 'sure', title, text: record.isRefined ? 'Refined on the mesh.' : 'Open a photo to see where it is there.' };
  if (back.state === 'asking') return { grade: 'asking', title, text: 'Looking for it in the photo …' };
  if (!back.found) return { grade: 'none', title: 'Not in the photo', text: back.explanation ?? 'The photo does not show this part.' };
  const isUnsure = back.qualifies === false || back.existence < 0.5;
  return isUnsure ? { grade: 'unsure', title: 'Probably there in the photo', text: 'Not sure: look whether it means the same.' }
    : { grade: 'sure', title: 'In the photo it is here', text: 'The ring marks the pixel that belongs to your click.' };
}

const wordsOf = ({ stage, done, total }) => (total > 0 ? `${stage}, ${done} of ${total}` : stage);

/** The verdict on the answer that is shown, what can be done with it, and its other places. */
export class AnswerPanel {
  constructor(studio) {
    this.studio = studio;
    this.box = find('#verdict');
    this.keep = find('#keep');
    this.keep.addEventListener('click', () => studio.partList.keep());
    this.others = find('#others-button');
    this.others.addEventListener('click', () => studio.places.toggle());
    find('#heat').addEventListener('click', () => studio.toggleHeat());
    studio.store.addEventListener('change', () => this.update());
  }

  update() {
    const { store, record } = this.studio, isMatch = record?.kind === 'match' && record.state === 'done' && record.id;
    const verdict = store.active ? { grade: 'hand', title: `Editing ${store.active.name}`, text: 'Paint faces to add them, erase to take them away.' } : verdictOf(record, store.mesh);
    this.box.dataset.grade = verdict.grade;
    this.box.dataset.state = record?.state ?? 'idle';
    find('#verdict-title').textContent = verdict.title;
    find('#verdict-text').textContent = verdict.text;
    find('#verdict-grade').textContent = { sure: 'sure', unsure: 'unsure', none: 'none' }[verdict.grade] ?? '';
    if (record?.state !== 'asking' && record && record !== this.said) {
      this.said = record;
      this.studio.say(`${verdict.title}. ${verdict.text}`, true);
    }
    this.showFacts(record);
    this.keep.disabled = !(record?.runs?.length > 1 || record?.regions?.length) || Boolean(store.active);
    find('#keep-text').textContent = record?.regions?.length > 1 ? `Keep all ${record.regions.length}` : 'Keep as part';
    find('#heat').disabled = !isMatch;
    find('#heat').setAttribute('aria-pressed', this.studio.isHeatShown);
    this.others.disabled = !isMatch || !record.document?.found;
    this.showOthers();
  }

  showFacts(record) {
    const { document, edited } = { document: record?.document, edited: record?.isEdited }, facts = [];
    if (Number.isFinite(document?.existence)) facts.push(['Likely', percent(document.existence)]);
    if (Number.isFinite(document?.similarity)) facts.push(['Alike', document.similarity.toFixed(2)]);
    if (document?.segment && !edited) facts.push(['Of surface', percent(document.segment.fraction)]);
    if (record?.runs) facts.push(['Faces', countOf(record.runs).toLocaleString('en')]);
    if (Number.isFinite(record?.took)) facts.push(['Took', record.took < 1000 ? `${Math.round(record.took)} ms` : `${(record.took / 1000).toFixed(1)} s`]);
    find('#facts').replaceChildren(...facts.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
  }

  showOthers() {
    const places = this.studio.places.list, list = find('#others');
    this.others.setAttribute('aria-pressed', Boolean(places));
    if (places === this.listed) return;
    this.listed = places;
    list.hidden = !places;
    const light = place => () => this.studio.places.light(place);
    list.replaceChildren(...(places ?? []).map((place, i) => make('li', {},
      make('button', {
        type: 'button', class: 'row', onpointerenter: light(place), onpointerleave: light(null), onfocus: light(place), onblur: light(null),
        onclick: () => this.studio.places.choose(place),
      }, make('span', { class: 'rank' }, String(i + 1)), make('span', { class: 'grow' }, i ? `Place ${i + 1}` : 'Most alike'),
      make('span', { class: 'number' }, place.similarity.toFixed(2)), icon('arrow')))));
  }
}
