; of JavaScript and of TypeScript
; what the file defines and imports
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(method_definition name: (_) @name) @method
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression) (generator_function)]) @function
(assignment_expression left: (member_expression property: (property_identifier) @name) right: [(arrow_function) (function_expression)]) @function
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
(program (lexical_declaration (variable_declarator name: (identifier) @name) @variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @variable))
(export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @variable))
(import_statement (import_clause (identifier) @alias) source: (string (string_fragment) @source)) @import
(import_statement (import_clause (namespace_import (identifier) @alias)) source: (string (string_fragment) @source)) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @item alias: (identifier)? @alias))) source: (string (string_fragment) @source)) @import
(import_statement . source: (string (string_fragment) @source)) @import
(export_statement (export_clause (export_specifier name: (_) @item alias: (_)? @alias)) source: (string (string_fragment) @source)) @import
(export_statement "*" source: (string (string_fragment) @source)) @import
((variable_declarator name: (identifier) @alias value: (call_expression function: (identifier) @_require arguments: (arguments (string (string_fragment) @source)))) @import
  (#eq? @_require "require"))

; what it mentions
(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (property_identifier) @call))
(new_expression constructor: (identifier) @call)
(new_expression constructor: (member_expression property: (property_identifier) @call))
(arguments (identifier) @argument)
