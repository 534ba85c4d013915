/** The Worker's variables and bindings. Read here and nowhere else. */
import { type Limits, limitsSchema } from '@glimpse/shared/api/limits';
import { nameSchema } from '@glimpse/shared/release/names';
import { PUBLIC_KEY_PREFIX } from '@glimpse/shared/release/signature';
import * as z from 'zod/mini';
import type { AccessSettings } from './access/access.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { Trust } from './model/trust.ts';
import type { PrivateSettings } from './store/private.ts';
import type { S3Settings } from './store/s3-settings.ts';

export interface Settings {
  readonly access: AccessSettings;
  readonly limits: Limits;
  readonly defaultModel: string;
  readonly trust: Trust;
  /** Hosts from which images are fetched whose address is sent; none unless the owner names them. */
  readonly imageHosts: ReadonlySet<string>;
  /** Where it is bound, what is counted goes there. */
  readonly analytics: AnalyticsEngineDataset | undefined;
  readonly feedback: {
    /** The newest first; none where no feedback is taken. */
    readonly secrets: readonly string[];
    /** Whether images are kept. */
    readonly images: boolean;
  };
  /** The bucket of keys and feedback; undefined where there is none. */
  readonly privateStore: PrivateSettings | undefined;
  readonly store: { readonly kind: 'r2'; readonly bucket: R2Bucket } | ({ readonly kind: 's3' } & S3Settings);
}

/** Words with spaces, line ends or commas between. */
const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

/** The form alone; whether the bytes are a point of the curve shows when they are imported. */
const PUBLIC_KEY = new RegExp(`^${PUBLIC_KEY_PREFIX}[A-Za-z0-9_-]{43}$`);
const FLOOR = /^([a-z0-9-]{1,64})=(\d{8}T\d{4}Z)$/;

const hosts = z.string().check(
  z.refine((text) => words(text).every(isHostName), {
    message: 'each is the name of a host, as in img.example.org: no address, port or star',
  }),
);

const variablesSchema = z.extend(limitsSchema, {
  REQUIRE_KEYS: z._default(z.enum(['on', 'off'], 'is "on" or "off"'), 'off'),
  ALLOWED_IMAGE_HOSTS: z._default(hosts, ''),
  DEFAULT_MODEL: z._default(nameSchema, 'cifar10'),
  LOG_REQUESTS: z._default(z.enum(['on', 'off']), 'on'),
  TRUSTED_KEYS: z._default(
    z.string().check(
      z.refine((text) => words(text).every((word) => PUBLIC_KEY.test(word)), {
        message: `each is ${PUBLIC_KEY_PREFIX} and 43 letters, digits, - and _, as glimpse signing-keys create said it`,
      }),
    ),
    '',
  ),
  FEEDBACK_SECRET: z._default(
    z.string().check(
      z.refine((text) => words(text).length <= 2 && words(text).every((word) => word.length >= 32), {
        message:
          'is one secret of 32 characters or more without spaces (openssl rand -hex 32), or the new and the old one',
      }),
    ),
    '',
  ),
  FEEDBACK_IMAGES: z._default(z.enum(['on', 'off'], 'is "on" or "off"'), 'off'),
  MINIMUM_VERSIONS: z._default(
    z.string().check(
      z.refine((text) => words(text).every((word) => FLOOR.test(word)), {
        message: 'each is a model and the minute of its oldest version that may be served: cifar10=20261125T0915Z',
      }),
    ),
    '',
  ),
});

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const endpoint = z.string().check(
  z.refine((text) => isAllowed(text), {
    message: `must be an https address; http only on ${LOOPBACK.join(', ')}`,
  }),
);

const nonEmpty = z.string().check(z.minLength(1, 'is missing'));

const s3Schema = z.object({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: nonEmpty,
  S3_PREFIX: z._default(z.string(), ''),
  S3_REGION: z._default(z.string().check(z.minLength(1)), 'auto'),
  S3_ACCESS_KEY_ID: nonEmpty,
  S3_SECRET_ACCESS_KEY: nonEmpty,
});

/** @throws {ConfigurationError} naming each variable that is wrong, and no value of any */
export function readEnvironment(env: Readonly<Record<string, unknown>>): Settings {
  const {
    REQUIRE_KEYS,
    DEFAULT_MODEL,
    ALLOWED_IMAGE_HOSTS,
    TRUSTED_KEYS,
    MINIMUM_VERSIONS,
    LOG_REQUESTS: _,
    FEEDBACK_SECRET,
    FEEDBACK_IMAGES,
    ...limits
  } = parse(variablesSchema, env);
  // A body that could never be taken is too large, not one to try again later.
  const MAX_BODY_BYTES = Math.min(limits.MAX_BODY_BYTES, limits.BODY_BUDGET_BYTES);
  const privateStore = readPrivateStore(env);
  const secrets = words(FEEDBACK_SECRET);
  if (secrets.length > 0 && !privateStore) {
    throw new ConfigurationError(
      'FEEDBACK_SECRET is set, and there is no bucket for feedback: bind an R2 bucket as PRIVATE, or set PRIVATE_S3_BUCKET.',
    );
  }
  const floors = words(MINIMUM_VERSIONS).map((word) => FLOOR.exec(word)!.slice(1) as [string, string]);
  const access = readAccess(env, REQUIRE_KEYS === 'on');
  return {
    access,
    limits: { ...limits, MAX_BODY_BYTES },
    defaultModel: DEFAULT_MODEL,
    trust: { keys: TRUSTED_KEYS.trim(), floors: new Map(floors) },
    feedback: { secrets, images: FEEDBACK_IMAGES === 'on' },
    imageHosts: new Set(words(ALLOWED_IMAGE_HOSTS.toLowerCase())),
    analytics: readAnalytics(env.ANALYTICS),
    privateStore,
    store: readStore(env),
  };
}

/** Asked of every request, of those as well that need nothing else of the environment. */
export function logsRequests(env: Readonly<Record<string, unknown>>): boolean {
  return env.LOG_REQUESTS !== 'off';
}

/** What `npm run build` has made. Apart from the settings: the API's documents stay where a variable is not valid. */
export function readAssets(env: Readonly<Record<string, unknown>>): Fetcher | undefined {
  return env.ASSETS as Fetcher | undefined;
}

function readAnalytics(binding: unknown): AnalyticsEngineDataset | undefined {
  if (binding === undefined) return undefined;
  const dataset = binding as AnalyticsEngineDataset;
  if (typeof dataset.writeDataPoint === 'function') return dataset;
  throw new ConfigurationError('ANALYTICS is no Analytics Engine data set: bind one by that name, or leave it out.');
}

function readStore(env: Readonly<Record<string, unknown>>): Settings['store'] {
  if (env.S3_ENDPOINT) {
    const s3 = parse(s3Schema, env);
    const prefix = s3.S3_PREFIX.replace(/^\/+|\/+$/g, '');
    return {
      kind: 's3',
      endpoint: s3.S3_ENDPOINT,
      bucket: s3.S3_BUCKET,
      prefix: prefix === '' ? '' : `${prefix}/`,
      region: s3.S3_REGION,
      accessKeyId: s3.S3_ACCESS_KEY_ID,
      secretAccessKey: s3.S3_SECRET_ACCESS_KEY,
    };
  }
  const bucket = env.RELEASES as R2Bucket | undefined;
  if (typeof bucket?.get !== 'function') {
    throw new ConfigurationError('There is no store: bind an R2 bucket as RELEASES, or set S3_ENDPOINT.');
  }
  return { kind: 'r2', bucket };
}

function readAccess(env: Readonly<Record<string, unknown>>, requireKeys: boolean): AccessSettings {
  if (requireKeys && !env.PRIVATE && !env.PRIVATE_S3_BUCKET) {
    throw new ConfigurationError('REQUIRE_KEYS is on, and there is no bucket of keys: bind one as PRIVATE.');
  }
  return {
    requireKeys,
    perKey: binding<RateLimit>(env, 'RATE_KEY', 'limit', 'rate limit'),
    perAddress: binding<RateLimit>(env, 'RATE_ADDRESS', 'limit', 'rate limit'),
    quota: binding<AccessSettings['quota'] & object>(env, 'QUOTA', 'getByName', 'Durable Object namespace'),
  };
}

function binding<T>(env: Readonly<Record<string, unknown>>, name: string, method: string, what: string) {
  const bound = env[name] as Record<string, unknown> | undefined;
  if (bound === undefined) return undefined;
  if (typeof bound[method] === 'function') return bound as T;
  throw new ConfigurationError(`${name} is no ${what}: bind one by that name, or leave it out.`);
}

/** On the S3 server where PRIVATE_S3_BUCKET is set, else the binding. */
function readPrivateStore(env: Readonly<Record<string, unknown>>): PrivateSettings | undefined {
  if (env.PRIVATE_S3_BUCKET) {
    const store = env.S3_ENDPOINT ? readStore(env) : undefined;
    if (store?.kind !== 's3') {
      throw new ConfigurationError('PRIVATE_S3_BUCKET is set without S3_ENDPOINT: set the server, or bind PRIVATE.');
    }
    const bucket = String(env.PRIVATE_S3_BUCKET);
    if (bucket === store.bucket) {
      throw new ConfigurationError(
        'PRIVATE_S3_BUCKET is S3_BUCKET: releases may be public, keys and feedback may not. Name another bucket.',
      );
    }
    return { ...store, bucket, bucketVariable: 'PRIVATE_S3_BUCKET', prefix: '' };
  }
  if (env.PRIVATE === undefined) return undefined;
  const bucket = env.PRIVATE as R2Bucket;
  if (typeof bucket.put !== 'function') throw new ConfigurationError('PRIVATE is no R2 bucket: bind one by that name.');
  if (bucket === env.RELEASES) throw new ConfigurationError('PRIVATE is RELEASES: bind another bucket.');
  return { kind: 'r2', bucket };
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, env: unknown): z.output<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigurationError(`The Worker's variables are not valid. ${wrong.join('; ')}`);
}

/** An IP address is none, in no notation: a URL makes numbers with dots of all that have no brackets. */
function isHostName(text: string): boolean {
  const name = text.toLowerCase();
  const { hostname } = URL.parse(`https://${name}`) ?? {};
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name) && hostname === name && !/^[\d.]+$/.test(name);
}

function isAllowed(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  if (username || search || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}
