"""The functions that a reader would look for in the list of rules, and why some of them have none."""

from __future__ import annotations

EXPECTED: dict[str, str] = {
    "numpy": """
        abs absolute acos acosh add all allclose amax amin angle any append apply_along_axis apply_over_axes arange
        arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort argwhere around array
        array2string array_equal array_equiv array_repr array_split array_str asanyarray asarray asarray_chkfinite
        ascontiguousarray asfortranarray asin asinh asmatrix astype atan atan2 atanh atleast_1d atleast_2d atleast_3d
        average bartlett base_repr binary_repr bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift
        bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman block bmat broadcast_arrays broadcast_shapes
        broadcast_to busday_count busday_offset can_cast cbrt ceil choose clip column_stack common_type compress
        concat concatenate conj conjugate convolve copy copysign copyto corrcoef correlate cos cosh count_nonzero cov
        cross cumprod cumsum cumulative_prod cumulative_sum datetime_as_string datetime_data deg2rad degrees delete
        diag diag_indices diag_indices_from diagflat diagonal diff digitize divide divmod dot dsplit dstack ediff1d
        einsum einsum_path empty empty_like equal exp exp2 expand_dims expm1 extract eye fabs fill_diagonal fix
        flatnonzero flip fliplr flipud float_power floor floor_divide fmax fmin fmod format_float_positional
        format_float_scientific frexp from_dlpack frombuffer fromfile fromfunction fromiter frompyfunc fromregex
        fromstring full full_like gcd genfromtxt geomspace get_include get_printoptions getbufsize geterr geterrcall
        gradient greater greater_equal hamming hanning heaviside histogram histogram2d histogram_bin_edges histogramdd
        hsplit hstack hypot i0 identity imag indices info inner insert interp intersect1d invert is_busday isclose
        iscomplex iscomplexobj isdtype isfinite isfortran isin isinf isnan isnat isneginf isposinf isreal isrealobj
        isscalar issubdtype iterable ix_ kaiser kron lcm ldexp left_shift less less_equal lexsort linspace load
        loadtxt log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logspace
        mask_indices matmul matrix_transpose matvec max maximum may_share_memory mean median meshgrid min
        min_scalar_type minimum mintypecode mod modf moveaxis multiply nan_to_num nanargmax nanargmin nancumprod
        nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative
        nested_iters nextafter nonzero not_equal ones ones_like outer packbits pad partition percentile permute_dims
        piecewise place poly polyadd polyder polydiv polyfit polyint polymul polysub polyval positive pow power
        printoptions prod promote_types ptp put put_along_axis putmask quantile rad2deg radians ravel
        ravel_multi_index real real_if_close reciprocal remainder repeat require reshape resize result_type
        right_shift rint roll rollaxis roots rot90 round row_stack save savetxt savez savez_compressed searchsorted
        select set_printoptions setbufsize setdiff1d seterr seterrcall setxor1d shape shares_memory show_config
        show_runtime sign signbit sin sinc sinh size sort sort_complex spacing split sqrt square squeeze stack std
        subtract sum swapaxes take take_along_axis tan tanh tensordot test tile trace transpose trapezoid tri tril
        tril_indices tril_indices_from trim_zeros triu triu_indices triu_indices_from true_divide trunc typename
        union1d unique unique_all unique_counts unique_inverse unique_values unpackbits unravel_index unstack unwrap
        vander var vdot vecdot vecmat vsplit vstack where zeros zeros_like
    """,
    "numpy.linalg": """
        cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
        matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv
        tensorsolve trace vecdot vector_norm
    """,
    "numpy.fft": """
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq
        rfftn
    """,
    "math": """
        acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist erf erfc exp exp2 expm1
        fabs factorial floor fma fmod frexp fsum gamma gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp lgamma log
        log10 log1p log2 modf nextafter perm pow prod radians remainder sin sinh sqrt tan tanh trunc ulp
    """,
    "cmath": """
        acos acosh asin asinh atan atanh cos cosh exp isclose isfinite isinf isnan log log10 phase polar rect sin sinh
        sqrt tan tanh
    """,
    "scipy.special": """
        airy airye bdtr bdtrc bei ber beta betainc betaincc betainccinv betaincinv betaln binom boxcox boxcox1p cbrt
        chdtr chdtrc chndtr comb cosdg cosm1 cotdg dawsn digamma ellipe ellipeinc ellipj ellipk ellipkinc ellipkm1
        elliprc elliprd elliprf elliprg elliprj entr erf erfc erfcinv erfcx erfi erfinv eval_chebyt eval_chebyu
        eval_gegenbauer eval_genlaguerre eval_hermite eval_hermitenorm eval_jacobi eval_laguerre eval_legendre exp1
        exp10 exp2 expi expit expm1 expn exprel factorial fdtr fdtrc fresnel gamma gammainc gammaincc gammainccinv
        gammaincinv gammaln gammasgn gdtr gdtrc hankel1 hankel1e hankel2 hankel2e huber hyp0f1 hyp1f1 hyp2f1 hyperu i0
        i0e i1 i1e inv_boxcox inv_boxcox1p itj0y0 iv ive ivp j0 j1 jn jv jve jvp k0 k0e k1 k1e kelvin kl_div kn
        kolmogorov kv kve kvp lambertw legendre_p log1p log_expit log_ndtr log_softmax loggamma logit logsumexp lpmv
        mathieu_a modstruve multigammaln nbdtr ndtr ndtri ndtri_exp owens_t pbdv pdtr pdtrc perm poch polygamma powm1
        pseudo_huber psi rel_entr rgamma round shichi sici sinc sindg softmax softplus spence sph_harm_y spherical_in
        spherical_jn spherical_kn spherical_yn stdtr stdtridf stdtrit struve tandg tklmbda voigt_profile wofz
        wrightomega xlog1py xlogy y0 y1 yn yv yve yvp zeta zetac
    """,
    "scipy.linalg": """
        block_diag cho_factor cho_solve cholesky det eig eigh eigvals eigvalsh expm inv logm lu lu_factor lu_solve
        norm pinv qr solve solve_continuous_lyapunov solve_discrete_lyapunov solve_lyapunov solve_sylvester
        solve_triangular sqrtm svd svdvals toeplitz
    """,
    "scipy.fft": """
        dct dst fft fft2 fftfreq fftn fftshift hfft idct idst ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn
        next_fast_len rfft rfft2 rfftfreq rfftn
    """,
    "scipy.signal": """
        convolve convolve2d correlate correlate2d fftconvolve lfilter oaconvolve
    """,
    "scipy.optimize": """
        approx_fprime basinhopping bisect brenth brentq broyden1 curve_fit differential_evolution fixed_point fmin
        fmin_bfgs fminbound fsolve least_squares leastsq linear_sum_assignment linprog lsq_linear minimize
        minimize_scalar newton nnls ridder root root_scalar toms748
    """,
    "scipy.interpolate": """
        Akima1DInterpolator BSpline CubicSpline PPoly PchipInterpolator RectBivariateSpline RegularGridInterpolator UnivariateSpline
        griddata interp1d make_interp_spline make_smoothing_spline splev
    """,
    "scipy.integrate": """
        cumulative_simpson cumulative_trapezoid dblquad fixed_quad nquad odeint quad quad_vec romb simpson solve_bvp
        solve_ivp tplquad trapezoid
    """,
}

# Why a function has no rule: the reason, and the functions.
REASONS: dict[str, str] = {
    "reads or writes files or memory": """
        numpy.load numpy.loadtxt numpy.fromfile numpy.genfromtxt numpy.fromregex numpy.fromstring numpy.save numpy.savetxt numpy.savez
        numpy.savez_compressed numpy.frombuffer numpy.from_dlpack
    """,
    "makes text": """
        numpy.array2string numpy.array_repr numpy.array_str numpy.base_repr numpy.binary_repr numpy.format_float_positional
        numpy.format_float_scientific numpy.datetime_as_string numpy.typename
    """,
    "settings and information": """
        numpy.get_printoptions numpy.set_printoptions numpy.printoptions numpy.geterr numpy.seterr numpy.geterrcall numpy.seterrcall
        numpy.getbufsize numpy.setbufsize numpy.get_include numpy.info numpy.show_config numpy.show_runtime numpy.test
    """,
    "about dates": "numpy.busday_count numpy.busday_offset numpy.is_busday numpy.isnat numpy.datetime_data",
    "takes integers": """
        numpy.bitwise_count numpy.bitwise_left_shift numpy.bitwise_right_shift numpy.left_shift numpy.right_shift numpy.gcd numpy.lcm
        numpy.packbits numpy.unpackbits scipy.special.perm
    """,
    "asks for types or memory": """
        numpy.common_type numpy.isdtype numpy.isfortran numpy.iterable numpy.mintypecode numpy.nested_iters numpy.einsum_path numpy.ix_
    """,
    "calls a function for each element: write the loop": """
        numpy.apply_along_axis numpy.apply_over_axes numpy.fromfunction numpy.frompyfunc numpy.fromiter
    """,
    "makes a matrix, not an array": "numpy.asmatrix numpy.bmat",
    "the type of the result depends on the values": "numpy.real_if_close numpy.require numpy.asarray_chkfinite",
    "the size of the result depends on the values: select with a mask": """
        numpy.intersect1d numpy.setdiff1d numpy.setxor1d numpy.union1d numpy.trim_zeros numpy.unique_all numpy.unique_counts
        numpy.unique_inverse numpy.unique_values
    """,
    "counts": "numpy.histogram2d numpy.histogramdd numpy.histogram_bin_edges",
    "makes a window of a constant length": "numpy.bartlett numpy.blackman numpy.hamming numpy.hanning",
    "use scipy.special.i0": "numpy.i0 numpy.kaiser",
    "use np.linalg.eigvals of the companion matrix": "numpy.roots",
    "write x * y + z": "math.fma",
    "write it with the functions that have one": "numpy.poly numpy.polydiv numpy.sort_complex numpy.row_stack",
    "constant between jumps, and for bits": "math.frexp math.nextafter math.ulp",
    "no formula for its derivative in all of its parameters yet": """
        scipy.special.airye scipy.special.bdtr scipy.special.bdtrc scipy.special.bei scipy.special.ber scipy.special.chndtr
        scipy.special.elliprc scipy.special.elliprd scipy.special.elliprf scipy.special.elliprg scipy.special.elliprj scipy.special.fdtr
        scipy.special.fdtrc scipy.special.gdtr scipy.special.gdtrc scipy.special.hankel1e scipy.special.hankel2e scipy.special.itj0y0
        scipy.special.ivp scipy.special.jve scipy.special.jvp scipy.special.kelvin scipy.special.kolmogorov scipy.special.kvp
        scipy.special.legendre_p scipy.special.lpmv scipy.special.mathieu_a scipy.special.nbdtr scipy.special.owens_t scipy.special.pbdv
        scipy.special.pdtr scipy.special.pdtrc scipy.special.sph_harm_y scipy.special.stdtridf scipy.special.tklmbda scipy.special.yve
        scipy.special.yvp scipy.special.zetac
    """,
    "use np.interp or CubicSpline": "scipy.interpolate.interp1d scipy.interpolate.splev",
    "interpolates in several dimensions": """
        scipy.interpolate.griddata scipy.interpolate.RectBivariateSpline scipy.interpolate.RegularGridInterpolator
    """,
    "evaluate it where it is made, outside of the differentiated function": "scipy.interpolate.make_smoothing_spline",
    "estimates derivatives itself": "scipy.optimize.approx_fprime",
    "use scipy.optimize.root": "scipy.optimize.broyden1 scipy.optimize.fixed_point scipy.optimize.root_scalar",
    "use scipy.optimize.minimize": """
        scipy.optimize.basinhopping scipy.optimize.differential_evolution scipy.optimize.fmin scipy.optimize.fmin_bfgs
        scipy.optimize.least_squares scipy.optimize.leastsq scipy.optimize.curve_fit
    """,
    "the solution may be at a bound, where it does not vary smoothly": """
        scipy.optimize.fminbound scipy.optimize.linear_sum_assignment scipy.optimize.linprog scipy.optimize.lsq_linear scipy.optimize.nnls
    """,
    "use scipy.integrate.quad": """
        scipy.integrate.dblquad scipy.integrate.fixed_quad scipy.integrate.nquad scipy.integrate.quad_vec scipy.integrate.tplquad
    """,
    "use scipy.integrate.solve_ivp and scipy.optimize.root": "scipy.integrate.solve_bvp",
    "use np.trapezoid and np.cumsum": """
        scipy.integrate.cumulative_simpson scipy.integrate.cumulative_trapezoid scipy.integrate.romb scipy.integrate.simpson
        scipy.integrate.trapezoid
    """,
}
