; what the file defines and imports
(create_table (object_reference name: (identifier) @name)) @type
(create_view (object_reference name: (identifier) @name)) @type
(create_materialized_view (object_reference name: (identifier) @name)) @type
(create_type (object_reference name: (identifier) @name)) @type
(create_function (object_reference name: (identifier) @name)) @function
(create_trigger . (object_reference name: (identifier) @name)) @function
(create_index column: (identifier) @name) @variable

; what it mentions
(invocation (object_reference name: (identifier) @call))
(relation (object_reference name: (identifier) @use))
(insert (object_reference name: (identifier) @use))
(create_index (object_reference name: (identifier) @use))
(column_definition (object_reference name: (identifier) @use))
