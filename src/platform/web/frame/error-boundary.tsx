// SPDX-License-Identifier: AGPL-3.0-or-later
import { Component, type ComponentChildren } from 'preact';
import { t } from '@lingui/core/macro';
import { Button } from '../ui/button.tsx';

interface Props {
  readonly children: ComponentChildren;
  /** Going elsewhere (another value) leaves the failure behind. */
  readonly page: string;
}

/** A page that breaks takes only itself down: the frame stays, and says what to do. */
export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (before.page !== this.props.page && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override componentDidCatch(error: unknown) {
    // Where a page's uncaught errors go: the browser's own log, and whoever listens there.
    reportError(error);
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div class="page">
        <div class="state state-error" role="alert">
          <h1>{t`This page stopped working`}</h1>
          <p>{t`Nothing that was saved is lost. Try again; if it happens twice, tell your administrator what you were doing and this line:`}</p>
          <p>
            <code>{error instanceof Error ? error.message : String(error)}</code>
          </p>
          <div class="row">
            <Button kind="primary" onClick={() => this.setState({ error: undefined })}>{t`Try again`}</Button>
            <Button onClick={() => location.assign('/')}>{t`Go to the start page`}</Button>
          </div>
        </div>
      </div>
    );
  }
}
