//! The map: shapes, menus, filter, tools, the same as a table.
