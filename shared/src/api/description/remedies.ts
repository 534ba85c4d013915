/** code → what its reader should do. Shown in docs/api.md and as the example of each problem in /openapi.json. */
import type { ProblemCode } from '../problems.ts';

export const remedies: Readonly<Record<ProblemCode, string>> = {
  'body-empty': 'Send a picture.',
  'body-malformed':
    'See `detail`: multipart without boundary, without the field `image` or with too many files; not JSON; not base64; broken off.',
  'parameter-invalid': '`parameter` names it; for `top_k`, `minimum` and `maximum` give the range.',
  'url-refused': 'Send the picture itself, or an https address on one of the hosts that `detail` names.',
  'pixels-wrong-length': 'Send `expected` bytes.',
  'route-unknown': 'See /docs for what there is.',
  'model-unknown': 'GET /v1/models lists what there is.',
  'version-unknown': 'See `detail` for the versions and channels that are served.',
  'file-unknown': 'See `detail` for the files of the release.',
  'method-not-allowed': 'The header `Allow` lists the methods.',
  'body-too-slow': 'Send the body within `limit` seconds: scale the picture down first.',
  'body-too-large': 'Send at most `limit` bytes, multipart and JSON wrapping included.',
  'batch-too-large': 'Send at most `limit` pictures a request.',
  'picture-too-many-pixels': 'Send at most `limit` pixels: scale the picture down first, the model sees a few of them.',
  'picture-unsupported': '`detail` names what was sent; send JPEG, PNG, WebP or GIF.',
  'range-unsatisfiable': 'Ask for bytes below `size`.',
  'picture-undecodable':
    'Send it again, or as another file: it is cut, damaged, or of a kind that is not read (12 bit, lossless JPEG); `detail` says what and where.',
  'url-failed': 'Check the address; `detail` says what came of it.',
  busy: 'Wait for the seconds of `Retry-After`, then send it again.',
  'out-of-time': 'Wait and send it again, as with `busy`; of a batch, the pictures that are left.',
  'model-unavailable': 'Wait and send it again, as with `busy`; `detail` says why the release cannot be loaded.',
  'internal-error': 'A fault of ours, logged under the `X-Request-Id`: send it again, and tell us where it stays.',
};
