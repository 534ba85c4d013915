import { listFormats } from '@glimpse/shared/image/formats';
import type { Texts } from './texts.ts';

export const de: Texts = {
  title: 'Bilder erkennen',
  choose: 'Bild auswählen',
  dropHint: 'oder hier ablegen, oder einfügen',
  dropNow: 'Hier ablegen',
  camera: 'Kamera',
  cameraPreview: 'Was die Kamera sieht',
  shutter: 'Foto aufnehmen',
  close: 'Kamera schließen',
  cancel: 'Abbrechen',
  canceled: 'Abgebrochen.',
  again: 'Noch einmal versuchen',
  preview: 'Ihr Bild: {name}',
  working: '{name} wird angesehen …',
  photo: 'Foto',
  result: '{label}, {score}',
  unsureResult: 'Nicht sicher. Am ehesten: {label}, {score}',
  unsure: 'Nicht sicher',
  unsureHint: 'Das Bild gleicht nichts, was das Modell gut kennt. Am ehesten:',
  results: 'Was es sein kann',
  onlyFirst: 'Ein Bild auf einmal: Das erste wurde genommen.',
  required: 'Wählen Sie ein Bild aus und warten Sie die Antwort ab.',
  retryAt: 'Ein neuer Versuch ist {when} möglich.',
  correct: 'Stimmt das nicht?',
  correctLabel: 'Was es wirklich ist',
  correctConsent: 'Auch das Bild senden. Es wird aufbewahrt, um das Modell zu verbessern.',
  correctSend: 'Senden',
  correctSent: 'Danke, das ist vermerkt.',
  correctFailed: 'Das ließ sich nicht senden. Versuchen Sie es später noch einmal.',
  classes: {},
  failures: {
    blocked: {
      what: 'Diese Seite lässt keinen Aufruf von {endpoint} zu.',
      todo: 'Für ihren Betreiber: Die Adresse gehört in der Content-Security-Policy unter connect-src.',
    },
    busy: { what: 'Die Erkennung ist ausgelastet.', todo: 'Versuchen Sie es gleich noch einmal.' },
    cameraBusy: {
      what: 'Die Kamera startet nicht.',
      todo: 'Schließen Sie andere Program, die sie benutzen, oder wählen Sie ein Bild aus.',
    },
    cameraDenied: {
      what: 'Diese Seite darf die Kamera nicht benutzen.',
      todo: 'Erlauben Sie es in den Einstellungen des Browsers, oder wählen Sie ein Bild aus.',
    },
    cameraMissing: { what: 'Hier gibt es keine Kamera.', todo: 'Wählen Sie ein Bild aus.' },
    cameraUnsafe: {
      what: 'Browser geben die Kamera nur Seiten mit https.',
      todo: 'Öffnen Sie die Seite mit https, oder wählen Sie ein Bild aus.',
    },
    damaged: {
      what: 'Dieses Bild ist beschädigt oder unvollständig.',
      todo: 'Speichern oder senden Sie es noch einmal, oder wählen Sie ein anderes.',
    },
    fault: {
      what: 'Bei der Erkennung ging etwas schief.',
      todo: 'Versuchen Sie es noch einmal; bleibt es so, sagen Sie es dem Betreiber der Seite.',
    },
    keyRefused: {
      what: 'Die Erkennung nimmt den Schlüssel dieser Seite nicht an.',
      todo: 'Für ihren Betreiber: Prüfen Sie den Schlüssel und wofür er gilt.',
    },
    modelUnknown: {
      what: 'Es gibt kein Modell oder keine Version dieses Namens.',
      todo: 'Für den Betreiber der Seite: {endpoint}/v1/models nennt, was es gibt.',
    },
    notAImage: { what: 'Das ist keine Bilddatei.', todo: `Wählen Sie ${listFormats('oder')}.` },
    offline: { what: 'Sie sind offline.', todo: 'Versuchen Sie es noch einmal, wenn Sie verbunden sind.' },
    originRefused: {
      what: 'Die Erkennung lehnt Aufrufe von {origin} ab.',
      todo: 'Für den Betreiber der Seite: Die Adresse gehört zu den Ursprüngen (origins) des Schlüssels.',
    },
    slow: {
      what: 'Die Antwort dauerte zu lange.',
      todo: 'Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    },
    tooLarge: { what: 'Dieses Bild ist zu groß.', todo: 'Verkleinern Sie es, oder wählen Sie ein kleineres.' },
    tooMany: { what: 'Das waren zu viele Bilder in kurzer Zeit.', todo: 'Warten Sie ein wenig.' },
    unreachable: {
      what: '{endpoint} antwortet nicht.',
      todo: 'Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    },
    unreadable: {
      what: 'Die Datei lässt sich nicht lesen; vielleicht wurde sie geändert oder entfernt.',
      todo: 'Wählen Sie sie noch einmal aus.',
    },
    wrongType: { what: 'Diese Art von Datei wird nicht gelesen.', todo: `Wählen Sie ${listFormats('oder')}.` },
  },
};
