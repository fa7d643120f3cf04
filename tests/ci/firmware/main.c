/* Uses what tinyml made: compiles only if names, sizes and headers are right.
 */
#include "keyword_int8.h"
#include "sine_float.h"

static unsigned char keyword_arena[G_KEYWORD_INT8_ARENA_SIZE];
static unsigned char sine_arena[G_SINE_ARENA_SIZE];

int main(void) {
  keyword_arena[0] = g_keyword_int8[4]; /* "TFL3" */
  sine_arena[0] = g_sine[4];
  if (g_keyword_int8_len == 0 || g_sine_len == 0) return 1;
  return keyword_arena[0] == 'T' && sine_arena[0] == 'T' ? 0 : 1;
}
