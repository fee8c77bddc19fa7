"""One module a page: PATH, TITLE, Ids, `layout` (a skeleton, without a query) and `wire`."""
