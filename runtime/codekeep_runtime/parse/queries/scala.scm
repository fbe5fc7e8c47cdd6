; what the file defines and imports
(class_definition name: (identifier) @name) @class
(object_definition name: (identifier) @name) @class
(trait_definition name: (identifier) @name) @interface
(enum_definition name: (identifier) @name) @enum
(type_definition name: (type_identifier) @name) @type
(function_definition name: (identifier) @name) @function
(function_declaration name: (identifier) @name) @function
(template_body (val_definition pattern: (identifier) @name) @variable)
(compilation_unit (val_definition pattern: (identifier) @name) @variable)
(import_declaration (namespace_selectors (identifier) @item)) @import
(import_declaration (namespace_selectors (arrow_renamed_identifier name: (identifier) @item alias: (identifier) @alias))) @import
(import_declaration (namespace_selectors (as_renamed_identifier name: (identifier) @item alias: (identifier) @alias))) @import
(import_declaration (namespace_wildcard)) @import
(import_declaration path: (identifier) @path .) @import

; what it mentions
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (identifier) @call))
(call_expression function: (generic_function function: (identifier) @call))
(call_expression function: (generic_function function: (field_expression field: (identifier) @call)))
(instance_expression (type_identifier) @call)
(extends_clause (type_identifier) @inherit)
(extends_clause (generic_type type: (type_identifier) @inherit))
(type_identifier) @use
(arguments (identifier) @argument)
