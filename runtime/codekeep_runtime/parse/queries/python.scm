; what the file defines and imports
(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @class
(type_alias_statement left: (type (identifier) @name)) @type
(module [(assignment left: (identifier) @name) (expression_statement (assignment left: (identifier) @name))] @variable)
(class_definition body: (block [(assignment left: (identifier) @name) (expression_statement (assignment left: (identifier) @name))] @variable))
(import_statement name: (dotted_name) @source) @import
(import_statement name: (aliased_import name: (dotted_name) @source alias: (identifier) @alias)) @import
(import_from_statement module_name: (_) @source name: (dotted_name) @item) @import
(import_from_statement module_name: (_) @source name: (aliased_import name: (dotted_name) @item alias: (identifier) @alias)) @import
(import_from_statement module_name: (_) @source (wildcard_import)) @import

; what it mentions
(call function: (identifier) @call)
(call function: (attribute attribute: (identifier) @call))
(class_definition superclasses: (argument_list (identifier) @inherit))
(class_definition superclasses: (argument_list (attribute attribute: (identifier) @inherit)))
(class_definition superclasses: (argument_list (subscript value: (identifier) @inherit)))
(decorator (identifier) @use)
(decorator (attribute attribute: (identifier) @use))
(type (identifier) @use)
(type (generic_type (identifier) @use))
(type (attribute attribute: (identifier) @use))
(call arguments: (argument_list (identifier) @argument))
(keyword_argument value: (identifier) @argument)
