// Marks what libtinyml exports.
#ifndef TINYML_EXPORT_H_
#define TINYML_EXPORT_H_

#define TINYML_API __attribute__((visibility("default")))

#endif  // TINYML_EXPORT_H_
