/** The widget's HTML, as a function of its state. Its style is in glimpse-classify.css. */
import type { Prediction } from '@glimpse/shared/api/classify';
import { html, nothing } from 'lit';
import type { CorrectionForm } from './correction-form.ts';
import type { GlimpseClassify } from './glimpse-classify.ts';
import { fill, fromNow, labelText, percent } from './texts/format.ts';
import type { Language } from './texts/language.ts';

export function view(widget: GlimpseClassify): unknown {
  const { phase, dropping, announcement } = widget.state;
  const { texts } = widget.language;
  return html`<div
    part="base"
    role="group"
    aria-label=${texts.title}
    aria-busy=${phase === 'working'}
    class=${dropping ? 'dropping' : ''}
    @dragenter=${(event: DragEvent) => widget.dragOver(event)}
    @dragover=${(event: DragEvent) => widget.dragOver(event)}
    @dragleave=${(event: DragEvent) => widget.dragLeave(event)}
    @drop=${(event: DragEvent) => widget.drop(event)}
  >
    ${picker(widget)} ${camera(widget)} ${image(widget)}
    ${phase === 'working' ? progress(widget) : nothing}
    ${phase === 'failed' ? error(widget) : nothing}
    ${phase === 'answered' ? results(widget) : nothing}
    <p role="status" class="unseen">${announced(announcement)}</p>
  </div>`;
}

/** Two templates in turn, because Lit replaces the element only if the template changes, and screen readers repeat only then. */
function announced({ text, number }: GlimpseClassify['state']['announcement']) {
  return number % 2 === 0 ? html`<span>${text}</span>` : html`<b>${text}</b>`;
}

function picker(widget: GlimpseClassify) {
  const { texts } = widget.language;
  const { dropping, onlyFirst } = widget.state;
  const chooseFile = () => widget.renderRoot.querySelector('input')?.click();
  return html`<div part="picker">
    <button id="choose" part="button choose" type="button" ?disabled=${widget.isDisabled} @click=${chooseFile}>
      ${texts.choose}
    </button>
    ${
      widget.capture === undefined || widget.capture === null
        ? nothing
        : html`<button
            part="button camera"
            type="button"
            ?disabled=${widget.isDisabled}
            aria-pressed=${widget.state.stream !== undefined}
            @click=${() => (widget.state.stream ? widget.closeCamera() : widget.openCamera())}
          >
            ${texts.camera}
          </button>`
    }
    <span part="hint">${dropping ? texts.dropNow : texts.dropHint}</span>
    <input
      type="file"
      accept="image/*"
      hidden
      @change=${(event: Event) => widget.onFilesChosen(event.target as HTMLInputElement)}
    />
    ${onlyFirst ? html`<p part="note">${texts.onlyFirst}</p>` : nothing}
  </div>`;
}

function camera(widget: GlimpseClassify) {
  const { stream } = widget.state;
  if (!stream) return nothing;
  const { texts } = widget.language;
  return html`<div part="viewfinder">
    <video .srcObject=${stream} autoplay playsinline muted aria-label=${texts.cameraPreview}></video>
    <div class="row">
      <button part="button shutter" type="button" @click=${() => widget.shoot()}>${texts.shutter}</button>
      <button part="button close" type="button" @click=${() => widget.closeCamera()}>${texts.close}</button>
    </div>
  </div>`;
}

function image(widget: GlimpseClassify) {
  const { hasPreview, stream } = widget.state;
  const name = fill(widget.language.texts.preview, { name: widget.imageName });
  return html`<canvas part="preview" width="0" height="0" role="img" aria-label=${name} ?hidden=${!hasPreview || stream !== undefined}></canvas>`;
}

function progress(widget: GlimpseClassify) {
  const { texts } = widget.language;
  const text = fill(texts.working, { name: widget.imageName });
  return html`<div part="progress">
    <progress aria-label=${text}></progress>
    <div class="row">
      <span class="words">${text}</span>
      <button part="button cancel" type="button" @click=${() => widget.cancel()}>${texts.cancel}</button>
    </div>
  </div>`;
}

function error(widget: GlimpseClassify) {
  const { failure, image } = widget.state;
  if (!failure) return nothing;
  const { locale, texts } = widget.language;
  const { what, todo } = widget.failureText(failure);
  const { seconds } = widget.countdown;
  return html`<div part="error">
    <p><strong>${what}</strong> ${todo}</p>
    ${seconds > 0 ? html`<p>${fill(texts.retryAt, { when: fromNow(seconds, locale) })}</p>` : nothing}
    ${
      failure.canRetry && image
        ? html`<button part="button again" type="button" @click=${() => widget.retry()}>${texts.again}</button>`
        : nothing
    }
  </div>`;
}

function results(widget: GlimpseClassify) {
  const { answer } = widget.state;
  if (!answer) return nothing;
  const { texts } = widget.language;
  return html`<div part="results">
    ${
      answer.uncertain
        ? html`<p part="unsure"><strong>${texts.unsure}</strong> <span>${texts.unsureHint}</span></p>`
        : nothing
    }
    <ol aria-label=${texts.results} class=${answer.uncertain ? 'unsure' : ''}>
      ${answer.predictions.map((prediction) => result(prediction, widget))}
    </ol>
    ${widget.feedback && widget.state.source === 'edge' ? correction(widget) : nothing}
  </div>`;
}

function result({ label, score }: Prediction, { language }: GlimpseClassify) {
  return html`<li part="result">
    <span part="label">${labelText(label, language)}</span>
    <span part="score">${percent(score, language.locale)}</span>
    <span part="bar"><span part="fill" .style=${`inline-size:${(score * 100).toFixed(2)}%`}></span></span>
  </li>`;
}

function correction({ correction, answer, language }: GlimpseClassify) {
  const { texts } = language;
  const { isOpen, state } = correction;
  if (state === 'sent') return html`<p part="note">${texts.correctSent}</p>`;
  const failed = state === 'failed' ? html`<p part="error">${texts.correctFailed}</p>` : nothing;
  return html`<div class="row">
      ${
        answer?.predictions.length
          ? html`<button part="button right" type="button" @click=${() => correction.confirm()}>${texts.right}</button>`
          : nothing
      }
      <button
        part="button correct"
        type="button"
        aria-expanded=${isOpen}
        @click=${() => (isOpen ? correction.close() : correction.open())}
      >
        ${texts.correct}
      </button>
    </div>
    ${isOpen ? correctionForm(correction, language, failed) : failed}`;
}

function correctionForm(correction: CorrectionForm, language: Language, failed: unknown) {
  const { texts } = language;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    void correction.send(String(data.get('label')), data.has('consent'));
  };
  return html`<form part="correction" @submit=${submit}>
    <label>
      <span>${texts.correctLabel}</span>
      <select name="label" required>
        <option value="">${texts.correctChoose}</option>
        ${correction.labels.map((label) => html`<option value=${label}>${labelText(label, language)}</option>`)}
      </select>
    </label>
    <label class="row"><input type="checkbox" name="consent" /> <span>${texts.correctConsent}</span></label>
    <button part="button send" type="submit">${texts.correctSend}</button>
    ${failed}
  </form>`;
}
