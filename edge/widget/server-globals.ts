/**
 * Globals that the module uses when it is loaded. A server that renders a page has none of them and can still import the
 * module, which defines nothing there. The bundler replaces each global of these names with its export (`inject`).
 */
export const {
  HTMLElement = class {},
  document = { createTreeWalker() {} },
  customElements = { get: () => true },
} = globalThis;
