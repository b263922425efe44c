#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A field that is kept as text.
typedef struct {
  const char *start;
  long length;
} CSVSpan;

typedef enum : int32_t {
  /// Every field is for the caller.
  CSV_OTHER,
  CSV_INTEGERS,
  CSV_NUMBERS,
  CSV_TEXTS,
} CSVKind;

/// A column's kind, and memory for one int64_t, double or CSVSpan for each row.
typedef struct {
  CSVKind kind;
  void *values;
} CSVColumnMemory;

/// Where reading is: at the beginning of a field, or of a row where `column` is 0.
typedef struct {
  const char *position;
  long row;
  int32_t column;
} CSVPlace;

typedef enum : int32_t {
  /// There are no more rows.
  CSV_END,
  /// There is no room for the next row.
  CSV_FULL,
  /// The field at the place is quoted, or none of its column's kind.
  CSV_FIELD,
  /// The row has fewer fields than there are columns, or more.
  CSV_SHORT_ROW,
  CSV_LONG_ROW,
} CSVEvent;

/// Reads rows into the columns' memory until something happens. Blank lines are left out.
CSVEvent csv_read(
    CSVPlace *place, const char *end, char separator, const CSVColumnMemory *columns,
    int32_t column_count, long row_limit);

/// Goes on after a field that ends at `place->position`, where a separator or a row's end must be.
/// Gives CSV_FIELD if all is well, and CSV_END if neither is there.
CSVEvent csv_end_field(
    CSVPlace *place, const char *end, char separator, int32_t column_count);

/// Numbers that fill the text, with spaces around: as csv_read reads them.
bool csv_parse_integer(const char *begin, const char *end, int64_t *integer);
bool csv_parse_number(const char *begin, const char *end, double *number);

#ifdef __cplusplus
}
#endif
