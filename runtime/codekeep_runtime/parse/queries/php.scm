; what the file defines and imports
(function_definition name: (name) @name) @function
(method_declaration name: (name) @name) @method
(class_declaration name: (name) @name) @class
(trait_declaration name: (name) @name) @interface
(interface_declaration name: (name) @name) @interface
(enum_declaration name: (name) @name) @enum
(property_declaration (property_element name: (variable_name (name) @name))) @field
(const_declaration (const_element . (name) @name)) @variable
(namespace_use_clause . [(qualified_name) (name)] @path alias: (name)? @alias) @import

; what it mentions
(function_call_expression function: (name) @call)
(function_call_expression function: (qualified_name (name) @call))
(member_call_expression name: (name) @call)
(nullsafe_member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression (name) @call)
(object_creation_expression (qualified_name (name) @call))
(base_clause (name) @inherit)
(base_clause (qualified_name (name) @inherit))
(class_interface_clause (name) @inherit)
(class_interface_clause (qualified_name (name) @inherit))
(class_declaration body: (declaration_list (use_declaration (name) @inherit)))
(named_type (name) @use)
(scoped_call_expression scope: (name) @use)
