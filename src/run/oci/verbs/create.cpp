// SPDX-License-Identifier: LGPL-2.1-or-later
#include <run/oci/make_options.hpp>

namespace berth::run::oci {

namespace {

int create(const Globals& globals, const Arguments& arguments) {
    static_cast<void>(make_container(globals, make_request(arguments)));
    return 0;
}

} // namespace

const Verb kCreateVerb{"create",     "CONTAINER", "make a container; its program waits for start",
                       kMakeOptions, Order::Any,  create};

} // namespace berth::run::oci
