// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <fcntl.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <run/oci/verb.hpp>
#include <spec/bundle_defaults.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 1> kSpecOptions{
    {{"bundle", 'b', "DIR", "where config.json is written; the default is the current directory"}}};

int write_example(const Globals& /*globals*/, const Arguments& arguments) {
    if (!arguments.rest().empty())
        throw Error(ErrorCode::InvalidArgument, "spec takes no argument");
    const auto path = arguments.text("bundle", ".") + "/config.json";
    const base::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) throw_errno("cannot make '" + path + "'");
    base::write_all(fd.get(), spec::dump_bundle(spec::example_bundle()) + "\n");
    return 0;
}

} // namespace

const Verb kSpecVerb{"spec",       "",         "write an example of a bundle's config.json",
                     kSpecOptions, Order::Any, write_example};

} // namespace berth::run::oci
