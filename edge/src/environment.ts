/** Reads the Worker's variables and bindings; no other module does. */
import { type Limits, limitsSchema } from '@glimpse/shared/api/limits';
import { nameSchema } from '@glimpse/shared/release/names';
import { PUBLIC_KEY_PREFIX } from '@glimpse/shared/release/signature';
import * as z from 'zod/mini';
import type { AccessSettings } from './access/access.ts';
import { ConfigurationError, parseVariables } from './configuration-error.ts';
import type { Trust } from './model/trust.ts';
import { configureAccountStore, configureReleaseStore, type OpenStore } from './store/drivers.ts';

export interface Settings {
  readonly access: AccessSettings;
  readonly limits: Limits;
  readonly defaultModel: string;
  readonly trust: Trust;
  /** Hosts that images are fetched from if a caller sends a URL; none by default. */
  readonly imageHosts: ReadonlySet<string>;
  /** Receives a data point per classification, if bound. */
  readonly analytics: AnalyticsEngineDataset | undefined;
  readonly feedback: {
    /** Newest first; empty if feedback is off. */
    readonly secrets: readonly string[];
    /** Whether images are stored. */
    readonly images: boolean;
  };
  /** The bucket of keys and feedback, if there is one. */
  readonly accountStore: OpenStore | undefined;
  readonly releaseStore: OpenStore;
}

/** Splits at white space and commas. */
const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

/** Checks the syntax only; importing the key checks that its bytes are a point on the curve. */
const PUBLIC_KEY = new RegExp(`^${PUBLIC_KEY_PREFIX}[A-Za-z0-9_-]{43}$`);
const FLOOR = /^([a-z0-9-]{1,64})=(\d{8}T\d{4}Z)$/;

const hosts = z.string().check(
  z.refine((text) => words(text).every(isHostName), {
    message: 'must be host names such as img.example.org, without scheme, port or wildcard',
  }),
);

/** Names of earlier versions. A variable that is ignored without notice could leave a limit or a consent rule unset. */
const RENAMED = { MAX_BATCH_PICTURES: 'MAX_BATCH_IMAGES', FEEDBACK_PICTURES: 'FEEDBACK_IMAGES' } as const;

const variablesSchema = z.extend(limitsSchema, {
  REQUIRE_KEYS: z._default(z.enum(['on', 'off'], 'must be "on" or "off"'), 'off'),
  ALLOWED_IMAGE_HOSTS: z._default(hosts, ''),
  DEFAULT_MODEL: z._default(nameSchema, 'cifar10'),
  LOG_REQUESTS: z._default(z.enum(['on', 'off'], 'must be "on" or "off"'), 'on'),
  TRUSTED_KEYS: z._default(
    z.string().check(
      z.refine((text) => words(text).every((word) => PUBLIC_KEY.test(word)), {
        message: `must be public keys as printed by glimpse signing-keys create: ${PUBLIC_KEY_PREFIX} and 43 of A-Z, a-z, 0-9, - and _`,
      }),
    ),
    '',
  ),
  FEEDBACK_SECRET: z._default(
    z.string().check(
      z.refine((text) => words(text).length <= 2 && words(text).every((word) => word.length >= 32), {
        message:
          'must be a secret of at least 32 characters without spaces (openssl rand -hex 32), or the new and the old one',
      }),
    ),
    '',
  ),
  FEEDBACK_IMAGES: z._default(z.enum(['on', 'off'], 'must be "on" or "off"'), 'off'),
  MINIMUM_VERSIONS: z._default(
    z.string().check(
      z.refine((text) => words(text).every((word) => FLOOR.test(word)), {
        message: 'must be model names with the time stamp of the oldest version to serve: cifar10=20261125T0915Z',
      }),
    ),
    '',
  ),
});

/** @throws {ConfigurationError} names each invalid variable, without its value */
export function readEnvironment(env: Readonly<Record<string, unknown>>): Settings {
  refuseOldNames(env);
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
  } = parseVariables(variablesSchema, env);
  // A body that never fits the budget must be refused as too large, not as busy.
  const MAX_BODY_BYTES = Math.min(limits.MAX_BODY_BYTES, limits.BODY_BUDGET_BYTES);
  const accountStore = configureAccountStore(env);
  const secrets = words(FEEDBACK_SECRET);
  if (secrets.length > 0 && !accountStore) {
    throw new ConfigurationError(
      'FEEDBACK_SECRET is set, but there is no bucket for feedback. Bind an R2 bucket as PRIVATE, or set PRIVATE_S3_BUCKET.',
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
    accountStore,
    releaseStore: configureReleaseStore(env),
  };
}

function refuseOldNames(env: Readonly<Record<string, unknown>>): void {
  const old = Object.entries(RENAMED).filter(([name]) => env[name] !== undefined);
  if (old.length === 0) return;
  const renames = old.map(([name, current]) => `${name} is now ${current}`);
  throw new ConfigurationError(
    `Variables were renamed: ${renames.join('; ')}. Rename them in the Worker's configuration.`,
  );
}

/** Separate from the settings, because every request needs it, even if a variable is invalid. */
export function logsRequests(env: Readonly<Record<string, unknown>>): boolean {
  return env.LOG_REQUESTS !== 'off';
}

/** The files of `npm run build`. Separate from the settings: they are served even if a variable is invalid. */
export function readAssets(env: Readonly<Record<string, unknown>>): Fetcher | undefined {
  return env.ASSETS as Fetcher | undefined;
}

function readAnalytics(binding: unknown): AnalyticsEngineDataset | undefined {
  if (binding === undefined) return undefined;
  const dataset = binding as AnalyticsEngineDataset;
  if (typeof dataset.writeDataPoint === 'function') return dataset;
  throw new ConfigurationError(
    'ANALYTICS is not an Analytics Engine data set. Bind one by that name, or remove the binding.',
  );
}

function readAccess(env: Readonly<Record<string, unknown>>, requireKeys: boolean): AccessSettings {
  if (requireKeys && !env.PRIVATE && !env.PRIVATE_S3_BUCKET) {
    throw new ConfigurationError(
      'REQUIRE_KEYS is on, but there is no bucket for keys. Bind an R2 bucket as PRIVATE, or set PRIVATE_S3_BUCKET.',
    );
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
  throw new ConfigurationError(`${name} is not a ${what}. Bind one by that name, or remove the binding.`);
}

/** IP addresses are not host names. URL normalizes every IPv4 notation to dotted decimals. */
function isHostName(text: string): boolean {
  const name = text.toLowerCase();
  const { hostname } = URL.parse(`https://${name}`) ?? {};
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name) && hostname === name && !/^[\d.]+$/.test(name);
}
