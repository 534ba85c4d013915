/** Makes the widget a form field: `name` and value, `required`, `disabled`, and form reset. */
import { LitElement, type PropertyDeclarations } from 'lit';

export abstract class FormField extends LitElement {
  static readonly formAssociated = true;
  static override readonly properties: PropertyDeclarations = {
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
  };

  // Lit defines accessors for these; class fields would hide them.
  declare name: string;
  declare required: boolean;
  declare disabled: boolean;

  readonly #internals = this.attachInternals();
  #disabledByForm = false;

  constructor() {
    super();
    this.name = '';
    this.required = false;
    this.disabled = false;
  }

  abstract get value(): string;
  /** Also called when the form is reset. */
  abstract clear(): void;
  /** The validation message for a missing value, and the element that it is shown at. */
  protected abstract get missing(): { readonly message: string; readonly anchor: HTMLElement | undefined };

  protected override updated(): void {
    const { value } = this;
    const { message, anchor } = this.missing;
    this.#internals.setFormValue(value || null);
    if (this.required && value === '') this.#internals.setValidity({ valueMissing: true }, message, anchor);
    else this.#internals.setValidity({});
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  /** Disabled by its own attribute or by a fieldset. */
  get isDisabled(): boolean {
    return this.disabled || this.#disabledByForm;
  }

  formResetCallback(): void {
    this.clear();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#disabledByForm = disabled;
    this.requestUpdate();
  }
}
