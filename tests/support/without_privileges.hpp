// Permissions mean nothing to the superuser: as long as this object lives, the process is nobody.

#ifndef COSIO_TESTS_SUPPORT_WITHOUT_PRIVILEGES_HPP
#define COSIO_TESTS_SUPPORT_WITHOUT_PRIVILEGES_HPP

#include <doctest/doctest.h>

#include <unistd.h>

namespace support {

class without_privileges
{
public:
    without_privileges()
    {
        constexpr uid_t nobody = 65534;
        if (before_ == 0)
            REQUIRE(::seteuid(nobody) == 0);
    }
    without_privileges(const without_privileges&) = delete;
    without_privileges& operator=(const without_privileges&) = delete;
    ~without_privileges()
    {
        if (before_ == 0 && ::seteuid(before_) != 0)
            FAIL_CHECK("the privileges did not come back");
    }

private:
    uid_t before_ = ::geteuid();
};

} // namespace support

#endif
