/** What makes the widget a field of a form: a value under a name, `required`, `disabled`, and the reset. */
import { LitElement, type PropertyDeclarations } from 'lit';

export abstract class FormField extends LitElement {
  static readonly formAssociated = true;
  static override readonly properties: PropertyDeclarations = {
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
  };

  // Accessors that Lit makes: fields would hide them.
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
  /** As the reset of a form does. */
  abstract clear(): void;
  /** What to say where a value is required, and what of the shadow tree to point at. */
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

  /** By itself, or by a fieldset around it. */
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
