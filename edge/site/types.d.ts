/** The widget's tag and events, without its code: the page loads that as a module of its own. */

import type {} from '../widget/events.ts';
import type {} from '../widget/glimpse-classify.ts';
