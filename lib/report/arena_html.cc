// The arena report as one HTML file: a page that draws the JSON embedded in it.
#include "report/arena_formats.h"
#include "report/embedded_page.h"
#include "report/escape.h"

namespace tinyml::report {

std::string ArenaHtml(const ArenaDocument& document) {
  constexpr std::string_view kPlace = "{{report}}";
  const size_t place = kArenaPage.find(kPlace);
  std::string page(kArenaPage.substr(0, place));
  page += ScriptJson(ArenaJson(document));
  page += kArenaPage.substr(place + kPlace.size());
  return page;
}

}  // namespace tinyml::report
