/** `/widget.js`: defines `<glimpse-classify>`. A page may include it more than once. */
import { GlimpseClassify } from './glimpse-classify.ts';

if (!customElements.get('glimpse-classify')) customElements.define('glimpse-classify', GlimpseClassify);
