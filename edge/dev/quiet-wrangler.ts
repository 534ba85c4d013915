/** Wrangler as a tool that asks nothing, sends nothing and needs no network. Import this before wrangler itself. */
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
});
