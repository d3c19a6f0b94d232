// The common frame and style of the HTML pages. The pages load no other file.

import { html } from 'hono/html'

type Html = ReturnType<typeof html>

export function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 44rem;
            margin: 3rem auto;
            padding: 0 1rem;
            color: #1f2933;
          }
          h1 {
            margin-bottom: 0;
          }
          h3,
          dt {
            font:
              1rem/1.5 ui-monospace,
              monospace;
            margin: 1rem 0 0;
          }
          h3 + p,
          dd {
            margin: 0;
            color: #52606d;
          }
          :target {
            background: #fff3c4;
          }
          a {
            color: #0b69a3;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`
}
