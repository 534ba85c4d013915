/** `/widget.js`: defines `<glimpse-classify>`, once, however often a page includes it. */
import { GlimpseClassify } from './glimpse-classify.ts';

if (!customElements.get('glimpse-classify')) customElements.define('glimpse-classify', GlimpseClassify);
