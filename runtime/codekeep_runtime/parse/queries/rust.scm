; what the file defines and imports
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @class
(union_item name: (type_identifier) @name) @class
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @interface
(type_item name: (type_identifier) @name) @type
(mod_item name: (identifier) @name body: (_)) @module
(macro_definition name: (identifier) @name) @function
(const_item name: (identifier) @name) @variable
(static_item name: (identifier) @name) @variable
(impl_item type: [(type_identifier) @name (generic_type type: (type_identifier) @name)]) @scope
(use_declaration argument: (identifier) @source) @import
(use_declaration argument: (scoped_identifier) @path) @import
(use_declaration argument: (use_as_clause path: (_) @path alias: (identifier) @alias)) @import
(scoped_use_list path: (_) @source list: (use_list (identifier) @item)) @import
(scoped_use_list path: (_) @source list: (use_list (use_as_clause path: (_) @item alias: (identifier) @alias))) @import
(use_wildcard (_) @source) @import

; what it mentions
(call_expression function: (identifier) @call)
(call_expression function: (scoped_identifier name: (identifier) @call))
(call_expression function: (field_expression field: (field_identifier) @call))
(call_expression function: (generic_function function: (identifier) @call))
(call_expression function: (generic_function function: (scoped_identifier name: (identifier) @call)))
(call_expression function: (generic_function function: (field_expression field: (field_identifier) @call)))
(macro_invocation macro: (identifier) @call)
(impl_item trait: (type_identifier) @inherit)
(impl_item trait: (generic_type type: (type_identifier) @inherit))
(impl_item trait: (scoped_type_identifier name: (type_identifier) @inherit))
(trait_bounds (type_identifier) @inherit)
(type_identifier) @use
(arguments (identifier) @argument)
