import { listFormats } from '@glimpse/shared/image/formats';
import type { Texts } from './texts.ts';

export const de: Texts = {
  title: 'Bilder erkennen',
  choose: 'Bild auswählen',
  dropHint: 'oder eines hier ablegen oder einfügen',
  dropNow: 'Hier ablegen',
  camera: 'Kamera',
  cameraPreview: 'Kameravorschau',
  shutter: 'Foto aufnehmen',
  close: 'Kamera schließen',
  cancel: 'Abbrechen',
  canceled: 'Abgebrochen.',
  again: 'Noch einmal versuchen',
  preview: 'Ihr Bild: {name}',
  working: '{name} wird erkannt …',
  photo: 'Foto',
  result: '{label}, {score}',
  unsureResult: 'Nicht sicher. Am ehesten: {label}, {score}',
  unsure: 'Nicht sicher',
  unsureHint: 'Das Bild ähnelt nichts, was das Modell gut kennt. Am ehesten:',
  results: 'Ergebnisse',
  onlyFirst: 'Nur ein Bild auf einmal: Das erste wurde verwendet.',
  required: 'Wählen Sie ein Bild aus und warten Sie die Antwort ab.',
  retryAt: 'Ein neuer Versuch ist {when} möglich.',
  right: 'Ja, stimmt',
  correct: 'Stimmt das nicht?',
  correctLabel: 'Richtige Bezeichnung',
  correctChoose: 'Bezeichnung auswählen',
  correctConsent: 'Auch das Bild senden. Es wird gespeichert, um das Modell zu verbessern.',
  correctSend: 'Senden',
  correctSent: 'Danke für die Rückmeldung.',
  correctFailed: 'Die Rückmeldung ließ sich nicht senden. Versuchen Sie es später noch einmal.',
  classes: {},
  failures: {
    blocked: {
      what: 'Die Sicherheitsrichtlinie dieser Seite blockiert Aufrufe von {endpoint}.',
      todo: 'Für den Betreiber der Seite: Die Adresse gehört in der Content-Security-Policy unter connect-src.',
    },
    busy: { what: 'Die Erkennung ist ausgelastet.', todo: 'Versuchen Sie es gleich noch einmal.' },
    cameraBusy: {
      what: 'Die Kamera ist nicht gestartet.',
      todo: 'Schließen Sie andere Programme, die sie benutzen, oder wählen Sie ein Bild aus.',
    },
    cameraDenied: {
      what: 'Diese Seite darf die Kamera nicht benutzen.',
      todo: 'Erlauben Sie es in den Einstellungen des Browsers, oder wählen Sie ein Bild aus.',
    },
    cameraMissing: { what: 'Keine Kamera gefunden.', todo: 'Wählen Sie ein Bild aus.' },
    cameraUnsafe: {
      what: 'Die Kamera funktioniert nur auf https-Seiten.',
      todo: 'Öffnen Sie die Seite mit https, oder wählen Sie ein Bild aus.',
    },
    damaged: {
      what: 'Dieses Bild ist beschädigt oder unvollständig.',
      todo: 'Speichern oder senden Sie es noch einmal, oder wählen Sie ein anderes.',
    },
    fault: {
      what: 'Die Erkennung ist fehlgeschlagen.',
      todo: 'Versuchen Sie es noch einmal; bleibt es so, sagen Sie es dem Betreiber der Seite.',
    },
    keyRefused: {
      what: 'Die Erkennung verlangt einen gültigen Schlüssel.',
      todo: 'Für den Betreiber der Seite: Prüfen Sie den Schlüssel und seine Berechtigungen.',
    },
    modelUnknown: {
      what: 'Es gibt kein Modell oder keine Version dieses Namens.',
      todo: 'Für den Betreiber der Seite: {endpoint}/v1/models nennt, was es gibt.',
    },
    notAnImage: { what: 'Das ist keine Bilddatei.', todo: `Wählen Sie ${listFormats('oder')}.` },
    offline: { what: 'Sie sind offline.', todo: 'Versuchen Sie es noch einmal, wenn Sie verbunden sind.' },
    originRefused: {
      what: 'Die Erkennung lässt keine Aufrufe von {origin} zu.',
      todo: 'Für den Betreiber der Seite: Die Adresse gehört zu den Ursprüngen (origins) des Schlüssels.',
    },
    slow: {
      what: 'Die Antwort dauerte zu lange.',
      todo: 'Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    },
    tooLarge: { what: 'Dieses Bild ist zu groß.', todo: 'Verkleinern Sie es, oder wählen Sie ein kleineres.' },
    tooMany: { what: 'Zu viele Bilder in kurzer Zeit.', todo: 'Warten Sie einen Moment.' },
    unreachable: {
      what: '{endpoint} antwortet nicht.',
      todo: 'Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    },
    unreadable: {
      what: 'Die Datei lässt sich nicht lesen; vielleicht wurde sie geändert oder entfernt.',
      todo: 'Wählen Sie sie noch einmal aus.',
    },
    wrongType: {
      what: 'Dieser Dateityp wird nicht unterstützt (etwa HEIC).',
      todo: `Wählen Sie ${listFormats('oder')}.`,
    },
  },
};
