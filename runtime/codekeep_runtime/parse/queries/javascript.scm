; with ecmascript.scm and jsx.scm
; what the file defines and imports
(class_declaration name: (identifier) @name) @class
(field_definition property: (property_identifier) @name) @field

; what it mentions
(class_heritage (identifier) @inherit)
(class_heritage (member_expression property: (property_identifier) @inherit))
