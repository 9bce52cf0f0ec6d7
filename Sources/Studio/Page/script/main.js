import { Studio } from './studio.js';

new Studio().begin();
