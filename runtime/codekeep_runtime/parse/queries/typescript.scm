; with ecmascript.scm; of tsx, with jsx.scm too
; what the file defines and imports
(class_declaration name: (type_identifier) @name) @class
(abstract_class_declaration name: (type_identifier) @name) @class
(interface_declaration name: (type_identifier) @name) @interface
(enum_declaration name: (identifier) @name) @enum
(type_alias_declaration name: (type_identifier) @name) @type
(internal_module name: (_) @name) @module
(module name: (identifier) @name) @module
(method_signature name: (_) @name) @method
(abstract_method_signature name: (_) @name) @method
(function_signature name: (identifier) @name) @function
(public_field_definition name: (_) @name value: (arrow_function)) @method
(public_field_definition name: (_) @name) @field

; what it mentions
(extends_clause value: (identifier) @inherit)
(extends_clause value: (member_expression property: (property_identifier) @inherit))
(extends_type_clause (type_identifier) @inherit)
(implements_clause (type_identifier) @inherit)
(implements_clause (generic_type (type_identifier) @inherit))
(type_identifier) @use
(decorator (identifier) @use)
(decorator (call_expression function: (identifier) @use))
