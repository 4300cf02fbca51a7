#include <anemon/client.h>
#include <stdio.h>

int main(void) {
  static const char* const kinds[] = {"token"};
  const anemon_model* model = anemon_model_register("consumer", "cpu", kinds, 1);
  const uint64_t tokens = 12;
  const uint64_t begin = anemon_clock();
  if (model == NULL) {
    fprintf(stderr, "%s\n", anemon_last_error());
    return 1;
  }
  const anemon_result result =
      anemon_inference_at(model, begin, anemon_clock() - begin, 1, &tokens);
  printf("%d\n", (int)result);
  return result < 0;
}
