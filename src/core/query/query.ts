/** What a query asks, as a tree. */
export type QueryNode =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly part: QueryNode }
  /** Occurs in what the item is called or carries; case does not matter. */
  | { readonly kind: 'text'; readonly text: string }
  | Filter

export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>='

export interface Filter {
  readonly kind: 'filter'
  /** A name of `fields`, or a span attribute (`http.route`). */
  readonly field: string
  readonly op: Operator
  readonly value: string
}

/** Why a query says nothing: what is wrong, and where in its text. */
export interface QueryProblem {
  readonly message: string
  readonly at: number
  readonly length: number
}

export type ParsedQuery =
  | { readonly kind: 'query'; readonly root: QueryNode }
  | { readonly kind: 'empty' }
  | { readonly kind: 'problem'; readonly problem: QueryProblem }
