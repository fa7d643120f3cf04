/* Firmware of somebody else: it includes what tinyml_add_model() made. */
#include "keyword_int8.h"

static unsigned char arena[G_MODEL_ARENA_SIZE];

int main(void) { return arena[0] == 0 && g_model[4] == 'T' ? 0 : 1; }
