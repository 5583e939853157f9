/** Catches what a screen throws while drawing: the message and a way on, instead of a dead program. */
import { Component, type ReactNode } from 'react';

export interface CrashProps {
  /** Drawn instead of the screen that failed. */
  readonly fallback: (error: Error, tryAgain: () => void) => ReactNode;
  readonly children: ReactNode;
}

export class Crash extends Component<CrashProps, { readonly error?: Error | undefined }> {
  override state: { readonly error?: Error | undefined } = {};

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? this.props.fallback(error, () => this.setState({ error: undefined })) : this.props.children;
  }
}
