//! Around the panels: header, editor, tabs, what is shown before there is anything, and when something broke.
