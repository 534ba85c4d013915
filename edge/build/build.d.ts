/** Makes files: path below edge/dist, with slashes → content. */
export type Builder = () => Promise<ReadonlyMap<string, string | Uint8Array>>;
