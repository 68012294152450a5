import type { Picture } from '../core/scene/scene.ts'

/**
 * What the app may ask of the shell it runs in: Electron (`preload` + `main`) or a browser tab (`server`).
 * The renderer never sends a path: the host owns dialogs and arguments and hands out tokens. Every message is
 * validated with the schemas of `messages.ts` on the host's side.
 */
export interface Host {
  readonly kind: 'electron' | 'browser'
  /** App version, platform, and what was asked for on the command line. */
  start(): Promise<StartInfo>
  /** The host's open dialog; null where the browser's own must be used (`kind: 'browser'`). */
  openDialog(): Promise<readonly OpenedFile[] | null>
  /** Sample incidents that come with the app. */
  samples(): Promise<readonly Sample[]>
  openSample(id: string): Promise<OpenedFile>
  /** URL the engine worker streams a file's bytes from (`app://…` or `http://127.0.0.1:…`). */
  fileUrl(token: string): string
  /** Notebook kept for a trace (by fingerprint): sidecar next to the file where the host knows it, else the host's own store. */
  loadNotebook(source: NotebookSource): Promise<NotebookLoaded>
  /** `seen` is the `etag` this window knows: what another window saved since is handed back, never overwritten. */
  saveNotebook(source: NotebookSource, json: string, seen: string): Promise<NotebookSaved>
  /** Writes `interleave.config.json` beside an opened file. */
  saveConfig(token: string, text: string): Promise<SaveResult>
  /** Saves bytes through the host's save dialog or a download. */
  saveFile(suggestedName: string, bytes: Uint8Array, type: string): Promise<SaveResult>
  /** The picture as PNG, `scale` device pixels per logical one: painted where `interleave shot` paints, so the two are equal. */
  paintPicture(picture: Picture, scale: number): Promise<Uint8Array>
  recentFiles(): Promise<readonly OpenedFile[]>
  /**
   * Takes OTLP/HTTP on loopback into a file of the host's own; what runs already goes on, whatever the port. Rejects with
   * one line when the port is taken.
   */
  startReceiving(port: number): Promise<Receiving>
  /** What has come so far, null when nothing listens. */
  receiving(): Promise<Receiving | null>
  /** Null when nothing had come: then no file is left either. */
  stopReceiving(): Promise<Receiving | null>
  /**
   * Files opened from outside while running: second instance, OS drag on the icon, menu; and the place in them to show
   * (`#finding=F2`), `''` for none. Returns the unsubscriber.
   */
  onOpenFiles(listener: (files: readonly OpenedFile[], place: string) => void): () => void
}

export interface StartInfo {
  readonly version: string
  /** Files named on the command line. */
  readonly files: readonly OpenedFile[]
  readonly author: string
}

export interface OpenedFile {
  /** Unguessable, valid until the app ends. */
  readonly token: string
  /** Base name only. */
  readonly name: string
  /** Base name of its folder: many recordings are called the same. */
  readonly folder?: string
  readonly size: number
}

export interface Receiving {
  /** Where exporters send to: `http://127.0.0.1:4318`. */
  readonly address: string
  /** Everything received, one request a line; its size as it is now. */
  readonly file: OpenedFile
  /** Place of the file, to be shown. */
  readonly where: string
  readonly counts: ReceivedCounts
}

export interface ReceivedCounts {
  readonly spans: number
  readonly logs: number
  readonly metrics: number
  /** Not taken, because the file is full. */
  readonly rejected: number
}

export interface Sample {
  readonly id: string
  readonly title: string
  readonly summary: string
}

export interface NotebookSource {
  readonly fingerprint: string
  /** Token of the first file, `''` when it came by drag-drop in a browser. */
  readonly token: string
}

export interface NotebookLoaded {
  readonly kept: KeptNotebook | null
  /** Why notes cannot be kept beside the trace, `''` when they can, or when nobody knows where it lies. */
  readonly aside: string
}

export interface KeptNotebook {
  readonly json: string
  /** Names what is on the disk, for the next save; `''` is nothing. */
  readonly etag: string
}

export type NotebookSaved =
  /** `aside` says why it is in the app's own folder and not beside the trace, `''` when it is where it belongs. */
  | { readonly kind: 'saved'; readonly where: string; readonly aside: string; readonly etag: string }
  | { readonly kind: 'conflict'; readonly theirs: KeptNotebook }
  | { readonly kind: 'failed'; readonly why: string }

export type SaveResult =
  | { readonly saved: true; readonly where: string }
  | { readonly saved: false; readonly why: string }
